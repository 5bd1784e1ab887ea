import { ActionIcon, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchemeCheckRecord } from '../../../api/contract/schemes.ts'
import { runCheck, type CheckResult, type SchemeCheck } from '../../../ivr/checks.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { Scenario } from '../../../ivr/simulate.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { blockWord } from './words.ts'

/** A check with how it goes against the draft. */
export interface PlayedCheck {
  check: SchemeCheckRecord
  result: CheckResult
}

/** Plays all checks against a scheme. */
export function playChecks(
  scheme: Scheme,
  checks: readonly SchemeCheckRecord[],
  others: Readonly<Record<string, Scheme>>
): PlayedCheck[] {
  // What the contract has checked, written with "or undefined" where the simulator says "may be left out".
  return checks.map((check) => ({ check, result: runCheck(scheme, check as SchemeCheck, others) }))
}

/** Why a check fails, in the reader's words. */
export function useWhy(scheme: Scheme): (result: CheckResult) => string {
  const { t } = useTranslation()
  return ({ isOtherOutcome, missedBlock, simulation }) =>
    [
      ...(isOtherOutcome
        ? [
            t('schemes.simulator.otherOutcome', {
              outcome: t(`schemes.simulator.outcome.${simulation.outcome}`)
            })
          ]
        : []),
      ...(missedBlock !== null
        ? [t('schemes.simulator.missed', { label: blockWord(scheme, missedBlock) })]
        : [])
    ].join('; ')
}

interface Props {
  schemeId: string
  scheme: Scheme
  others: Readonly<Record<string, Scheme>>
  checks: readonly SchemeCheckRecord[]
  onScenario: (scenario: Scenario) => void
}

/** The saved calls, each with whether the draft still lets it go its way. */
export function ChecksList({ schemeId, scheme, others, checks, onScenario }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const why = useWhy(scheme)
  const played = useMemo(() => playChecks(scheme, checks, others), [scheme, checks, others])
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/scheme-checks/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['scheme-checks', schemeId] }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Stack gap={8} data-testid="checks">
      <Text className="eyebrow">{t('schemes.simulator.checks')}</Text>
      {played.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t('schemes.simulator.noChecks')}
        </Text>
      )}
      {played.map(({ check, result }) => (
        <Group
          key={check.id}
          gap={8}
          wrap="nowrap"
          align="flex-start"
          data-testid="check-row"
          data-passed={result.isPassed}
        >
          <Badge variant="light" tt="none" mt={1} color={result.isPassed ? 'pine' : 'rust'}>
            {t(result.isPassed ? 'schemes.simulator.passed' : 'schemes.simulator.failed')}
          </Badge>
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text fz="sm">{check.name}</Text>
            {!result.isPassed && (
              <Text fz="xs" c="rust">
                {why(result)}
              </Text>
            )}
          </div>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => onScenario((check as SchemeCheck).scenario)}
          >
            {t('schemes.simulator.open')}
          </Button>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`${t('schemes.simulator.remove')}: ${check.name}`}
            onClick={() => remove.mutate(check.id)}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      ))}
    </Stack>
  )
}
