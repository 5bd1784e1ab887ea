import { Badge, Button, Group, Stack, Text, Timeline } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchemeCheckRecord } from '../../../api/contract/schemes.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import type { Scenario, SimulatedOutcome, SimulatedStep, Simulation } from '../../../ivr/simulate.ts'
import { blockOf } from '../../../ivr/run.ts'
import { clock } from '../lib/format.ts'
import { CallForm } from './call-form.tsx'
import { CheckForm } from './check-form.tsx'
import { ChecksList } from './checks-list.tsx'
import { KindIcon } from './icons.tsx'
import { wantedOf } from './imagined.ts'
import type { Things } from './use-things.ts'
import { exitWord, kindWord } from './words.ts'
import styles from './schemes.module.css'

export const outcomeColours: Readonly<Record<SimulatedOutcome, string>> = {
  talked: 'pine',
  callback: 'pine',
  message: 'amber',
  hungUp: 'rust',
  broken: 'rust',
  endless: 'rust'
}

interface Props {
  schemeId: string
  scheme: Scheme
  /** Published bodies of other schemes that this one may go on to. */
  others: Readonly<Record<string, Scheme>>
  scenario: Scenario
  simulation: Simulation
  checks: readonly SchemeCheckRecord[]
  things: Things
  onScenario: (scenario: Scenario) => void
  onLook: (block: string) => void
}

/** An imagined call and its way through the draft; saved, it must go that way before every publication. */
export function Simulator(props: Props) {
  const { t } = useTranslation()
  const { schemeId, scheme, others, scenario, simulation, checks, things, onScenario, onLook } = props
  const [isSaving, setSaving] = useState(false)
  return (
    <Stack gap="md" p="md" data-testid="simulator">
      <Text fz="sm" c="dimmed">
        {t('schemes.simulator.text')}
      </Text>
      <CallForm scenario={scenario} wanted={wantedOf(scheme)} things={things} onChange={onScenario} />
      <div>
        <Group justify="space-between" mb={8}>
          <Text className="eyebrow">{t('schemes.simulator.path')}</Text>
          <Outcome simulation={simulation} things={things} />
        </Group>
        <Path {...{ scheme, simulation, onLook, startMs: scenario.atMs }} />
      </div>
      {isSaving ? (
        <CheckForm
          {...{ schemeId, scheme, scenario, simulation, names: checks.map(({ name }) => name) }}
          onClose={() => setSaving(false)}
        />
      ) : (
        <Button
          variant="light"
          size="xs"
          leftSection={<IconShieldCheck size={15} />}
          onClick={() => setSaving(true)}
          data-testid="save-check"
        >
          {t('schemes.simulator.save')}
        </Button>
      )}
      <ChecksList {...{ schemeId, scheme, others, checks, onScenario }} />
    </Stack>
  )
}

/** How the call ended for the caller. */
function Outcome({ simulation, things }: { simulation: Simulation; things: Things }) {
  const { t } = useTranslation()
  const talker = simulation.path.findLast(({ talkedWith }) => talkedWith !== null)?.talkedWith
  const name = things.users.find(({ id }) => id === talker)?.name
  const who = name ?? (talker?.startsWith('+') ? talker : t('schemes.simulator.someone'))
  return (
    <Badge
      variant="light"
      tt="none"
      color={outcomeColours[simulation.outcome]}
      data-testid="simulated-outcome"
      data-outcome={simulation.outcome}
    >
      {simulation.outcome === 'talked'
        ? t('schemes.simulator.outcomeTalked', { who })
        : t(`schemes.simulator.outcome.${simulation.outcome}`)}
    </Badge>
  )
}

const mostShown = 60

function Path({
  scheme,
  simulation,
  startMs,
  onLook
}: {
  scheme: Scheme
  simulation: Simulation
  startMs: number
  onLook: (block: string) => void
}) {
  const { t } = useTranslation()
  const steps = simulation.path.slice(0, mostShown)
  const ago = (atMs: number): string => clock(Math.round((atMs - startMs) / 1000))
  return (
    <Timeline bulletSize={22} lineWidth={2} active={steps.length} data-testid="simulated-path">
      {steps.map((step, index) => {
        const label = step.label === null || step.label === '' ? kindWord(step.type) : step.label
        return (
          <Timeline.Item
            key={index}
            bullet={<KindIcon type={step.type} size={12} />}
            title={
              <Group gap={8} justify="space-between" wrap="nowrap">
                {step.scheme === null ? (
                  <button type="button" className={styles.stepName} onClick={() => onLook(step.block)}>
                    {label}
                  </button>
                ) : (
                  <span>{label}</span>
                )}
                <Text span fz="xs" c="dimmed" className="num">
                  {ago(step.atMs)}
                </Text>
              </Group>
            }
          >
            <Text fz="xs" c="dimmed">
              <StepWords step={step} scheme={scheme} />
            </Text>
          </Timeline.Item>
        )
      })}
      <Timeline.Item title={t('schemes.simulator.ended')} bullet={<KindIcon type="hangup" size={12} />}>
        <Text fz="xs" c="dimmed" className="num">
          {ago(simulation.endMs)}
        </Text>
      </Timeline.Item>
    </Timeline>
  )
}

function StepWords({ step, scheme }: { step: SimulatedStep; scheme: Scheme }) {
  const { t } = useTranslation()
  const words: string[] = []
  if (step.pressed !== '') words.push(t('schemes.simulator.pressed', { keys: step.pressed }))
  const calls = step.rung.length + step.dialled.length
  if (calls > 0) words.push(t('schemes.simulator.rings', { count: calls }))
  if (step.rating !== null) words.push(t('schemes.simulator.rated', { rating: step.rating }))
  if (step.exit !== null) {
    words.push(`→ ${exitWord(step.scheme === null ? blockOf(scheme, step.block) : null, step.exit)}`)
  }
  return words.join(' · ')
}
