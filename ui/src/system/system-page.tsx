import { Alert, Button, Group, Skeleton, Text, Title } from '@mantine/core'
import { IconFileZip, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { SystemState } from '../../../api/contract/system.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { Backups } from './backups.tsx'
import { CertificateCard } from './certificate.tsx'
import { Checks } from './checks.tsx'
import { Log } from './log.tsx'
import { Disk, Notes, Versions } from './machine.tsx'
import { PublicAddressCard } from './public-address.tsx'
import styles from './system.module.css'

const askAgainMs = 30_000

/** How the installation stands, for its admin. */
export default function SystemPage() {
  const { t } = useTranslation()
  const state = useQuery({
    queryKey: ['system', 'state'],
    queryFn: () => api<SystemState>('GET', '/api/system'),
    refetchInterval: askAgainMs
  })
  const count = (state.data?.checks ?? []).filter((each) => ['warning', 'failed'].includes(each.state)).length
  return (
    <section>
      <div className={styles.head}>
        <div>
          <Title order={1} size="h2">
            {t('system.title')}
          </Title>
          <Text c="dimmed" mb="md">
            {state.data?.startedAt
              ? t('system.since', { at: fullTime(state.data.startedAt) })
              : t('system.text')}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={state.isRefetching}
            onClick={() => inBackground(state.refetch())}
          >
            {t('system.lookAgain')}
          </Button>
          <Button
            component="a"
            href="/api/system/diagnostics"
            download
            variant="default"
            leftSection={<IconFileZip size={16} />}
            title={t('system.bundleHelp')}
            data-testid="diagnostics"
          >
            {t('system.bundle')}
          </Button>
        </Group>
      </div>
      {state.isPending && <Skeleton height={420} radius="lg" />}
      {state.isError && <Alert color="rust">{explain(state.error)}</Alert>}
      {state.data && (
        <>
          <Text fw={620} mb={8} data-testid="system-summary">
            {count === 0 ? t('system.allWell') : t('system.needsYou', { count })}
          </Text>
          <Checks checks={state.data.checks} />
          <div className={styles.cards} style={{ marginTop: 16 }}>
            <Disk disk={state.data.disk} />
            <Versions versions={state.data.versions} />
            <PublicAddressCard />
            <CertificateCard />
          </div>
        </>
      )}
      <Backups />
      <Log />
      {state.data && <Notes text={state.data.notes} version={state.data.versions.product} />}
    </section>
  )
}
