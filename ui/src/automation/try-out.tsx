import { Alert, Badge, Button, Group, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AutomationSamples, AutomationTried } from '../../../api/contract/automation.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, fullTime } from '../lib/format.ts'
import styles from './automation.module.css'
import { bodyOf, type Draft } from './draft.ts'
import { useDetail, useNote } from './words.ts'

interface Props {
  draft: Draft
  tried: AutomationTried | null
  onTried: (tried: AutomationTried) => void
}

const shownTitle = (title: string): string => (/^\+\d+$/.test(title) ? formatPhone(title) : title)

/** What the rule would have done about something real that happened. Nothing is sent. */
export function TryOut({ draft, tried, onTried }: Props) {
  const { t } = useTranslation()
  const detailOf = useDetail()
  const [chosen, setChosen] = useState<string | null>(null)
  const { trigger } = draft
  const samples = useQuery({
    queryKey: ['automation-samples', trigger],
    queryFn: () => api<AutomationSamples>('GET', `/api/automation-samples?trigger=${trigger}`),
    staleTime: 30_000
  })
  const items = samples.data?.items ?? []
  const sample = items.find(({ id }) => id === chosen) ?? items[0]
  const run = useMutation({
    mutationFn: () => {
      const { settings, groups, actions } = bodyOf(draft)
      const about = sample && { subject: sample.subject, subjectId: sample.id }
      return api<AutomationTried>('POST', '/api/automation-rules/try', {
        ...{ trigger, settings, groups, actions, ...about }
      })
    },
    onSuccess: onTried
  })
  return (
    <section className={styles.part} aria-label={t('automation.try.title')}>
      <Text fw={620}>{t('automation.try.title')}</Text>
      <Text fz="sm" c="dimmed" mb="xs">
        {t('automation.try.text')}
      </Text>
      {samples.isSuccess && items.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('automation.try.none')}
        </Text>
      ) : (
        <Group align="flex-end" wrap="nowrap">
          <Select
            label={t('automation.try.on')}
            style={{ flex: 1 }}
            allowDeselect={false}
            searchable
            disabled={samples.isPending}
            data={items.map(({ id, title, at, detail }) => ({
              value: id,
              label: [shownTitle(title), detailOf(detail), fullTime(at)].filter(Boolean).join(' · ')
            }))}
            value={sample?.id ?? null}
            onChange={setChosen}
          />
          <Button
            variant="default"
            disabled={!sample || draft.actions.length === 0}
            loading={run.isPending}
            onClick={() => run.mutate()}
            data-testid="try-rule"
          >
            {t('automation.try.run')}
          </Button>
        </Group>
      )}
      {(samples.isError || run.isError) && (
        <Alert color="rust" mt="sm" role="alert">
          {explain(samples.error ?? run.error)}
        </Alert>
      )}
      <div aria-live="polite">{tried && <Result tried={tried} />}</div>
    </section>
  )
}

function Result({ tried }: { tried: AutomationTried }) {
  const { t } = useTranslation()
  const noteOf = useNote()
  const isRun = tried.isFired && tried.holds
  return (
    <Stack gap="xs" mt="sm" data-testid="tried">
      <Alert color={isRun ? 'pine' : 'amber'}>
        {t(
          !tried.isFired
            ? 'automation.try.notFired'
            : tried.holds
              ? 'automation.try.fires'
              : 'automation.try.notHeld',
          { client: tried.client ?? t('automation.try.nobody') }
        )}
      </Alert>
      {tried.steps.map((step, at) => (
        <div key={at} className={styles.planned}>
          <div className={styles.step}>
            <Text fw={600} fz="sm">
              {at + 1}. {t(`automation.actionKind.${step.kind}`)}
            </Text>
            {step.skip !== null ? (
              <Badge color="amber" variant="light" tt="none">
                {noteOf(step.skip)}
              </Badge>
            ) : (
              step.to !== null && <Text fz="sm">→ {shownTitle(step.to)}</Text>
            )}
            {step.skip === null && step.waitsUntil !== null && (
              <Badge color="gray" variant="light" tt="none">
                {t('automation.try.waits', { at: fullTime(step.waitsUntil) })}
              </Badge>
            )}
          </div>
          {(step.subject ?? step.text) !== null && (
            <pre>{[step.subject, step.text].filter((part) => part !== null).join('\n')}</pre>
          )}
        </div>
      ))}
    </Stack>
  )
}
