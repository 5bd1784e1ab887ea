import { Badge, Button, Code, Group, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type {
  ConnectorExchangeItem,
  ConnectorItem,
  ConnectorJobItem
} from '../../../api/contract/connectors.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, exactTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import styles from './integrations.module.css'
import { explainTrouble } from './words.ts'

const moment = (iso: string): string => `${dayOf(iso)}, ${exactTime(iso)}`

/** What the other side did not take, with why, and another try. */
export function Failed({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const path = `/api/connectors/${link.id}`
  const jobs = useQuery({
    queryKey: ['connector-jobs', link.id, link.counts.failed],
    queryFn: () => api<Page<ConnectorJobItem>>('GET', `${path}/jobs?state=failed&limit=50`),
    enabled: link.counts.failed > 0
  })
  const resend = useMutation({
    mutationFn: (jobId: string | null) => api('POST', `${path}/resend`, jobId === null ? {} : { jobId }),
    async onSuccess() {
      toast('pine', t('integrations.resent'))
      await client.invalidateQueries({ queryKey: ['all', 'connectors'] })
      await client.invalidateQueries({ queryKey: ['connector-jobs', link.id] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  if (link.counts.failed === 0) return null
  return (
    <div className={`sheet ${styles.part}`} data-testid="connector-failed">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t('integrations.failed')}
        </Title>
        <Button
          variant="light"
          loading={resend.isPending && resend.variables === null}
          onClick={() => resend.mutate(null)}
          data-testid="resend-all"
        >
          {t('integrations.resendAll')}
        </Button>
      </Group>
      {jobs.isError && <Text>{explain(jobs.error)}</Text>}
      {jobs.data?.items.map((job) => (
        <Group key={job.id} className={styles.row ?? ''} justify="space-between" wrap="nowrap">
          <div style={{ minWidth: 0 }}>
            <Text fw={580} className="num">
              {job.subject === 'call'
                ? (job.client ?? t('integrations.hiddenNumber'))
                : [t(`integrations.subjects.${job.subject}`), job.client].filter(Boolean).join(': ')}
              <Text span c="dimmed" fz="sm">
                {' '}
                · {moment(job.startedAt ?? job.updatedAt)}
              </Text>
            </Text>
            <Text fz="sm">{explainTrouble(t, link.kind, job.lastErrorCode, job.lastError)}</Text>
          </div>
          <Button
            size="xs"
            variant="default"
            style={{ flexShrink: 0 }}
            loading={resend.isPending && resend.variables === job.id}
            onClick={() => resend.mutate(job.id)}
          >
            {t('integrations.resend')}
          </Button>
        </Group>
      ))}
    </div>
  )
}

/** What was said lately, with every request and answer. */
export function Exchanges({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const log = useQuery({
    queryKey: ['connector-exchanges', link.id],
    queryFn: () => api<Page<ConnectorExchangeItem>>('GET', `/api/connectors/${link.id}/exchanges?limit=30`),
    refetchInterval: 10_000
  })
  return (
    <div className={`sheet ${styles.part}`} data-testid="connector-log">
      <Title order={2} size="h4" mb="xs">
        {t('integrations.log')}
      </Title>
      {log.isError && <Text>{explain(log.error)}</Text>}
      {log.data?.items.length === 0 && <Text c="dimmed">{t('integrations.logEmpty')}</Text>}
      {log.data?.items.map((one) => {
        const isBad = one.error !== null || (one.status !== null && one.status >= 400)
        return (
          <details key={one.id} className={styles.row}>
            <summary>
              <Text span className="num" fz="sm" c="dimmed">
                {moment(one.at)}
              </Text>{' '}
              <Text span fz="sm" fw={580}>
                {one.method}
                {one.subject !== null && ` · ${t(`integrations.subjects.${one.subject}`)}`}
              </Text>{' '}
              <Badge size="sm" variant="light" tt="none" color={isBad ? 'rust' : 'pine'}>
                {one.direction === 'in' ? t('integrations.in') : (one.status ?? t('integrations.out'))}
              </Badge>{' '}
              {one.error !== null && (
                <Text span fz="sm">
                  {one.error}
                </Text>
              )}
            </summary>
            <Text fz="sm" mt={6}>
              {t('integrations.request')}
            </Text>
            <Code block>{JSON.stringify(one.request, null, 2)}</Code>
            {one.response !== null && (
              <>
                <Text fz="sm" mt={6}>
                  {t('integrations.answer')}
                </Text>
                <Code block>{one.response}</Code>
              </>
            )}
          </details>
        )
      })}
    </div>
  )
}
