import { Badge, Button, Group, SegmentedControl, Text, Title } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogLine } from '../../../api/contract/system.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './system.module.css'

const colors = { info: 'gray', warn: 'amber', error: 'rust' } as const
const levels = ['info', 'warn', 'error'] as const
const shownAtFirst = 15

/** The last lines of the log. */
export function Log() {
  const { t } = useTranslation()
  const [level, setLevel] = useState<LogLine['level']>('info')
  const log = useQuery({
    queryKey: ['system', 'log', level],
    queryFn: () => api<{ items: LogLine[] }>('GET', `/api/system/log?level=${level}`),
    placeholderData: keepPreviousData
  })
  const [isShort, setShort] = useState(true)
  const all = log.data?.items ?? []
  const lines = isShort ? all.slice(0, shownAtFirst) : all
  return (
    <section className={styles.part}>
      <Group justify="space-between" align="end" mb="sm">
        <div>
          <Title order={2} size="h3">
            {t('system.log.title')}
          </Title>
          <Text c="dimmed" fz="sm">
            {t('system.log.text')}
          </Text>
        </div>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('system.log.least')}
            value={level}
            onChange={setLevel}
            data={levels.map((value) => ({ value, label: t(`system.log.from.${value}`) }))}
            data-testid="log-level"
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={15} />}
            loading={log.isRefetching}
            onClick={() => inBackground(log.refetch())}
          >
            {t('system.log.again')}
          </Button>
          <Button
            size="xs"
            component="a"
            href={`/api/system/log/file?level=${level}`}
            download
            variant="default"
            leftSection={<IconDownload size={15} />}
            data-testid="log-file"
          >
            {t('system.log.download')}
          </Button>
        </Group>
      </Group>
      <div className="sheet">
        {log.isError && (
          <Text c="rust" p="md">
            {explain(log.error)}
          </Text>
        )}
        {log.data && lines.length === 0 && (
          <Text c="dimmed" ta="center" p="lg">
            {t(level === 'info' ? 'system.log.none' : 'system.log.noneOfLevel')}
          </Text>
        )}
        {lines.length > 0 && (
          <ol className={styles.log} lang="en" data-testid="log">
            {lines.map((line, n) => (
              <li key={`${line.at}${n}`}>
                <span className="num">{fullTime(line.at)}</span>
                <Badge size="xs" tt="none" variant="light" color={colors[line.level]}>
                  {t(`system.log.level.${line.level}`)}
                </Badge>
                <span>
                  {line.part ? `${line.part}: ` : ''}
                  {line.text}
                  <Text span c="dimmed" fz="xs" ff="monospace">
                    {Object.entries(line.about).map(([name, value]) => ` ${name}=${value}`)}
                  </Text>
                </span>
              </li>
            ))}
          </ol>
        )}
      </div>
      {isShort && all.length > shownAtFirst && (
        <Button mt="sm" variant="default" onClick={() => setShort(false)}>
          {t('system.log.more')}
        </Button>
      )}
    </section>
  )
}
