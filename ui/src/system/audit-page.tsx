import { Alert, Button, Group, SegmentedControl, Select, Stack, Table, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../../api/contract/access.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'
import tables from '../settings/settings.module.css'
import { Changes, deed } from './changes.tsx'
import styles from './system.module.css'

const kinds = ['changes', 'calls', 'recordings', 'exports', 'access'] as const
const periods = { day: 0, week: 6, month: 29, all: null } as const
type Period = keyof typeof periods

/** The beginning of the day so many days ago, by this browser's clock. */
function since(period: Period): string | null {
  const days = periods[period]
  if (days === null) return null
  const start = new Date()
  start.setHours(0, 0, 0, 0)
  start.setDate(start.getDate() - days)
  return start.toISOString()
}

/** Who did what, when and from where. */
export default function AuditPage() {
  const { t } = useTranslation()
  const users = useUsers()
  const [userId, setUserId] = useState<string | null>(null)
  const [kind, setKind] = useState<string | null>(null)
  const [period, setPeriod] = useState<Period>('week')
  const filters = { userId, kind, from: since(period) }
  const entries = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam }) =>
      api<Page<AuditEntry>>('GET', `/api/audit${query({ ...filters, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0
  })
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section>
      <div className={styles.head}>
        <div>
          <Title order={1} size="h2">
            {t('system.audit.title')}
          </Title>
          <Text c="dimmed" maw={620} mb="md">
            {t('system.audit.text')}
          </Text>
        </div>
        <Button
          component="a"
          href={`/api/audit/export${query(filters)}`}
          download
          variant="default"
          leftSection={<IconDownload size={16} />}
          data-testid="audit-export"
        >
          {t('system.audit.export')}
        </Button>
      </div>
      <Group mb="sm" align="end">
        <Select
          label={t('system.audit.who')}
          placeholder={t('system.audit.everybody')}
          data={(users.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={userId}
          onChange={setUserId}
          searchable
          clearable
          w={220}
          data-testid="audit-who"
        />
        <Select
          label={t('system.audit.what')}
          placeholder={t('system.audit.everything')}
          data={kinds.map((value) => ({ value, label: t(`system.audit.kinds.${value}`) }))}
          value={kind}
          onChange={setKind}
          clearable
          w={260}
          data-testid="audit-what"
        />
        <SegmentedControl
          aria-label={t('system.audit.period')}
          data={(Object.keys(periods) as Period[]).map((value) => ({
            value,
            label: t(`system.audit.days.${value}`)
          }))}
          value={period}
          onChange={(value) => setPeriod(value)}
        />
      </Group>
      {entries.isError && <Alert color="rust">{explain(entries.error)}</Alert>}
      <div
        className={`sheet ${tables.tableSheet}`}
        tabIndex={0}
        role="region"
        aria-label={t('system.audit.title')}
      >
        <Table verticalSpacing={7} horizontalSpacing="md" style={{ tableLayout: 'fixed' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={165}>{t('system.audit.when')}</Table.Th>
              <Table.Th w={150}>{t('system.audit.who')}</Table.Th>
              <Table.Th>{t('system.audit.what')}</Table.Th>
              <Table.Th w={125}>{t('system.audit.from')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((entry) => (
              <Table.Tr key={entry.id} data-testid="audit-row" data-action={entry.action}>
                <Table.Td className="num" style={{ verticalAlign: 'top' }}>
                  {fullTime(entry.at)}
                </Table.Td>
                <Table.Td style={{ verticalAlign: 'top' }}>
                  {entry.userName ?? (
                    <Text span fz="sm" c="dimmed">
                      {t(entry.userId === null ? 'system.audit.nobody' : 'system.audit.gone')}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td style={{ verticalAlign: 'top' }}>
                  <span title={entry.action} style={{ fontWeight: 580 }}>
                    {deed(entry.action)}
                  </span>
                  {typeof entry.data['name'] === 'string' && ` ${entry.data['name']}`}
                  <Changes data={entry.data} />
                </Table.Td>
                <Table.Td className="num" style={{ verticalAlign: 'top' }}>
                  {entry.ip?.replace(/^::ffff:/, '') ?? ''}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {!entries.isPending && !entries.isError && rows.length === 0 && (
          <Stack align="center" gap={2} p="xl">
            <Text fw={580}>{t('system.audit.none')}</Text>
            <Text c="dimmed" fz="sm">
              {t('system.audit.noneText')}
            </Text>
          </Stack>
        )}
      </div>
      {entries.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={entries.isFetchingNextPage}
          onClick={() => inBackground(entries.fetchNextPage())}
        >
          {t('system.audit.more')}
        </Button>
      )}
    </section>
  )
}
