import { Alert, Button, Group, Progress, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../api/contract/jobs.ts'
import type { ReportRules } from '../../../api/contract/reports.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { addDays, type Days } from '../lib/period.ts'
import { useToday } from '../reports/use-view.ts'
import { SettingsForm } from './settings-form.tsx'

const works = [
  { kind: 'reports.rebuild', path: '/api/reports/rebuild', name: 'rebuild' },
  { kind: 'attribution.recompute', path: '/api/attribution/recompute', name: 'recompute' }
] as const
type Work = (typeof works)[number]

/** Which calls are target, repeat, unique; and history counted again by these rules. */
export function ReportRulesSection() {
  const { t } = useTranslation()
  return (
    <>
      <SettingsForm<ReportRules>
        title={t('reportSettings.rules.title')}
        text={t('reportSettings.rules.text')}
        path="/api/report-rules"
        method="PUT"
        parts={[
          {
            title: t('reportSettings.rules.flags'),
            fields: (['targetSeconds', 'saleCycleDays', 'uniqueDays'] as const).map((name) => ({
              name,
              label: t(`reportSettings.rules.${name}`),
              help: t(`reportSettings.rules.${name}Help`),
              type: 'number',
              isRequired: true
            }))
          },
          {
            title: t('reportSettings.rules.count'),
            fields: [
              {
                name: 'isPerSite',
                label: t('reportSettings.rules.isPerSite'),
                help: t('reportSettings.rules.isPerSiteHelp'),
                type: 'switch'
              },
              {
                name: 'currency',
                label: t('reportSettings.rules.currency'),
                help: t('reportSettings.rules.currencyHelp'),
                type: 'text',
                isRequired: true
              }
            ]
          }
        ]}
        toForm={(rules) => ({ ...rules })}
        toBody={({ currency, ...rest }) => ({
          ...rest,
          currency: typeof currency === 'string' ? currency.trim().toUpperCase() : currency
        })}
      />
      <div className="sheet" style={{ marginTop: 16, maxWidth: 680, padding: '16px 20px 20px' }}>
        <Text fw={620}>{t('reportSettings.history.title')}</Text>
        <Text c="dimmed" fz="sm">
          {t('reportSettings.history.text')}
        </Text>
        {works.map((work) => (
          <HistoryWork key={work.kind} work={work} />
        ))}
      </div>
    </>
  )
}

const isAtWork = (job: Job | null | undefined): boolean =>
  job?.state === 'waiting' || job?.state === 'running'

/** One way of counting history again: a button, then how far it is. */
function HistoryWork({ work }: { work: Work }) {
  const { t } = useTranslation()
  const { today } = useToday()
  const [days, setDays] = useState<Days>({ from: addDays(today, -89), to: today })
  // Attribution is worked out again for days that are named; figures for all of them.
  const hasDays = work.name === 'recompute'
  const [ordered, setOrdered] = useState<string | null>(null)
  // Whoever opens the page while the work goes on sees it too.
  const latest = useQuery({
    queryKey: ['jobs', work.kind],
    queryFn: () => api<Page<Job>>('GET', '/api/jobs?limit=50'),
    select: ({ items }) => items.find((each) => each.kind === work.kind) ?? null,
    staleTime: 0
  })
  const id = ordered ?? (isAtWork(latest.data) ? (latest.data?.id ?? null) : null)
  const job = useQuery({
    queryKey: ['jobs', 'one', id],
    queryFn: () => api<Job>('GET', `/api/jobs/${id ?? ''}`),
    enabled: id !== null,
    refetchInterval: ({ state }) => (!state.data || isAtWork(state.data) ? 1000 : false)
  })
  const order = useMutation({
    mutationFn: () => api<{ jobId: string }>('POST', work.path, hasDays ? days : {}),
    onSuccess: ({ jobId }) => setOrdered(jobId)
  })
  const cancel = useMutation({
    mutationFn: () => api('POST', `/api/jobs/${id ?? ''}/cancel`),
    onSuccess: () => job.refetch()
  })
  const now = job.data
  const isBusy = order.isPending || isAtWork(now)
  const share = now?.total ? (now.done / now.total) * 100 : 0
  const error = order.error ?? cancel.error
  return (
    <div style={{ marginTop: 16 }} data-testid={`history-${work.name}`} data-state={now?.state}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={560}>{t(`reportSettings.history.${work.name}`)}</Text>
          <Text c="dimmed" fz="sm">
            {t(`reportSettings.history.${work.name}Text`)}
          </Text>
        </div>
        {isBusy ? (
          <Button
            variant="subtle"
            color="gray"
            onClick={() => cancel.mutate()}
            disabled={id === null}
            style={{ flex: 'none' }}
          >
            {t('common.cancel')}
          </Button>
        ) : (
          <Button
            variant="default"
            onClick={() => order.mutate()}
            style={{ flex: 'none' }}
            data-testid={`start-${work.name}`}
          >
            {t('reportSettings.history.start')}
          </Button>
        )}
      </Group>
      {hasDays && !isBusy && (
        <Group gap="sm" mt="xs">
          {(['from', 'to'] as const).map((side) => (
            <TextInput
              key={side}
              type="date"
              size="xs"
              label={t(`days.${side}`)}
              value={days[side]}
              max={today}
              required
              onChange={(event) => setDays({ ...days, [side]: event.currentTarget.value })}
              data-testid={`recompute-${side}`}
            />
          ))}
        </Group>
      )}
      <div aria-live="polite">
        {isBusy && (
          <>
            <Progress
              mt="xs"
              value={now?.total ? share : 100}
              animated
              aria-label={t(`reportSettings.history.${work.name}`)}
            />
            <Text fz="xs" c="dimmed" mt={4}>
              {now?.total
                ? t('reportSettings.history.progress', { done: now.done, total: now.total })
                : t('reportSettings.history.waiting')}
            </Text>
          </>
        )}
        {now?.state === 'done' && (
          <Text fz="sm" c="pine" mt={4}>
            {t('reportSettings.history.done')}
          </Text>
        )}
        {now?.state === 'cancelled' && (
          <Text fz="sm" c="dimmed" mt={4}>
            {t('reportSettings.history.cancelled')}
          </Text>
        )}
        {now?.state === 'failed' && (
          <Alert color="rust" mt="xs">
            {t('reportSettings.history.failed')} {now.error}
          </Alert>
        )}
        {error && (
          <Alert color="rust" mt="xs">
            {explain(error)}
          </Alert>
        )}
      </div>
    </div>
  )
}
