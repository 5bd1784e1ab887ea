import {
  Anchor,
  Badge,
  Button,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Table,
  Text,
  Tooltip
} from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AutomationRule, AutomationRun } from '../../../api/contract/automation.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, exactTime, formatPhone, fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { TableSheet } from '../settings/table-sheet.tsx'
import styles from './automation.module.css'
import { runColours, stepColours, useNote } from './words.ts'

const filters = ['acted', 'failed', 'waiting', 'all'] as const

/** What rules did, and why they did not: newest first. */
export function Runs({ rules }: { rules: readonly AutomationRule[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const noteOf = useNote()
  const [ruleId, setRuleId] = useState<string | null>(null)
  const [state, setState] = useState<string>('acted')
  const narrowed = { ...(ruleId !== null && { ruleId }), ...(state !== 'all' && { state }) }
  const pages = useInfiniteQuery({
    queryKey: ['automation-runs', narrowed],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        limit: '30',
        ...narrowed,
        ...(pageParam !== null && { cursor: pageParam })
      })
      return api<Page<AutomationRun>>('GET', `/api/automation-runs?${query.toString()}`)
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 10_000
  })
  const retry = useMutation({
    mutationFn: (id: string) => api('POST', `/api/automation-runs/${id}/retry`),
    onSuccess: async () => {
      toast('pine', t('automation.log.again'))
      await client.invalidateQueries({ queryKey: ['automation-runs'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const query = { ...pages, data: pages.data?.pages.flatMap((page) => page.items) }
  return (
    <section>
      <Group mb="sm" gap="sm">
        <SegmentedControl
          aria-label={t('settings.state')}
          value={state}
          onChange={setState}
          data={filters.map((value) => ({ value, label: t(`automation.log.filter.${value}`) }))}
        />
        <Select
          aria-label={t('automation.log.rule')}
          placeholder={t('automation.log.anyRule')}
          clearable
          searchable
          data={rules.map(({ id, name }) => ({ value: id, label: name }))}
          value={ruleId}
          onChange={setRuleId}
          w={260}
        />
      </Group>
      <TableSheet
        query={query}
        empty={t(ruleId !== null || state !== 'acted' ? 'automation.log.nothing' : 'automation.log.empty')}
        head={
          <>
            <Table.Th>{t('automation.log.time')}</Table.Th>
            <Table.Th>{t('automation.log.rule')}</Table.Th>
            <Table.Th>{t('automation.log.about')}</Table.Th>
            <Table.Th>{t('automation.log.done')}</Table.Th>
          </>
        }
        row={(run) => (
          <Table.Tr key={run.id} data-testid="run-row">
            <Table.Td className="num" style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}>
              {dayOf(run.createdAt)}, {exactTime(run.createdAt)}
            </Table.Td>
            <Table.Td style={{ verticalAlign: 'top' }}>{run.ruleName}</Table.Td>
            <Table.Td style={{ verticalAlign: 'top' }}>
              <About run={run} />
            </Table.Td>
            <Table.Td>
              <Stack gap={4} align="flex-start">
                <Group gap={8}>
                  <Badge color={runColours[run.state]} variant="light" tt="none">
                    {t(`automation.runState.${run.state}`)}
                  </Badge>
                  {run.reason !== null && (
                    <Text fz="xs" c="dimmed">
                      {noteOf(run.reason)}
                    </Text>
                  )}
                  {run.state === 'failed' && (
                    <Button
                      variant="default"
                      size="compact-xs"
                      loading={retry.isPending && retry.variables === run.id}
                      onClick={() => retry.mutate(run.id)}
                    >
                      {t('automation.log.retry')}
                    </Button>
                  )}
                </Group>
                {run.steps.map((step) => (
                  <div key={step.id} className={styles.step}>
                    <Text fz="sm">{t(`automation.actionKind.${step.kind}`)}</Text>
                    <Tooltip label={step.doneAt ? fullTime(step.doneAt) : ''} disabled={step.doneAt === null}>
                      <Badge size="sm" color={stepColours[step.state]} variant="dot" tt="none">
                        {t(`automation.stepState.${step.state}`)}
                      </Badge>
                    </Tooltip>
                    {step.state !== 'done' && step.note !== null && (
                      <Text fz="xs" c="dimmed" maw={360}>
                        {noteOf(step.note)}
                      </Text>
                    )}
                    {step.state === 'pending' &&
                      step.nextAt !== null &&
                      Date.parse(step.nextAt) > Date.now() && (
                        <Text fz="xs" c="dimmed">
                          {t('automation.log.next', { at: fullTime(step.nextAt) })}
                        </Text>
                      )}
                  </div>
                ))}
              </Stack>
            </Table.Td>
          </Table.Tr>
        )}
      />
      {pages.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => inBackground(pages.fetchNextPage())}
          >
            {t('lists.more')}
          </Button>
        </Group>
      )}
    </section>
  )
}

const places: Partial<Record<AutomationRun['subject'], (id: string) => string>> = {
  inquiry: (id) => `/inquiries?inquiry=${id}`,
  deal: (id) => `/deals?deal=${id}`,
  call: (id) => `/journal?call=${id}`,
  task: (id) => `/tasks?task=${id}`
}

/** What it was about, and whose. */
function About({ run }: { run: AutomationRun }) {
  const { t } = useTranslation()
  const place = places[run.subject]
  const what = t(`automation.subject.${run.subject}`)
  return (
    <Stack gap={0}>
      {place ? (
        <Anchor component={Link} to={place(run.subjectId)} fz="sm">
          {what}
        </Anchor>
      ) : (
        <span>{what}</span>
      )}
      {run.contactId !== null && run.client !== null && (
        <Anchor component={Link} to={`/contacts/${run.contactId}`} fz="xs">
          {/^\+\d+$/.test(run.client) ? formatPhone(run.client) : run.client}
        </Anchor>
      )}
    </Stack>
  )
}
