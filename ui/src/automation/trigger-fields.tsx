import { Group, MultiSelect, Select, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { triggers, waitingTriggers, type AutomationTrigger } from '../../../api/contract/automation-words.ts'
import { outcomes } from '../../../api/contract/words.ts'
import { settingsFor, type Draft } from './draft.ts'
import { DurationInput } from './duration-input.tsx'
import type { Choices } from './lookups.ts'

interface Props {
  draft: Draft
  choices: Choices
  onChange: (part: Partial<Draft>) => void
}

const parts: readonly { name: 'inquiries' | 'calls' | 'deals' | 'tasks'; items: AutomationTrigger[] }[] = [
  {
    name: 'inquiries',
    items: ['inquiryCreated', 'inquiryUnanswered', 'inquiryIdle', 'formSubmitted', 'messageReceived']
  },
  { name: 'calls', items: ['missedCall', 'callEnded', 'callRated'] },
  { name: 'deals', items: ['dealStage', 'dealWon', 'dealLost', 'dealIdle'] },
  { name: 'tasks', items: ['taskOverdue'] }
]
const waits: readonly string[] = waitingTriggers

/** When: what sets the rule off. */
export function TriggerFields({ draft, choices, onChange }: Props) {
  const { t } = useTranslation()
  const { trigger, settings } = draft
  const set = (part: Draft['settings']): void => onChange({ settings: { ...settings, ...part } })
  return (
    <Stack gap="xs">
      <Select
        label={t('automation.when')}
        allowDeselect={false}
        data={parts.map(({ name, items }) => ({
          group: t(`automation.triggerPart.${name}`),
          items: items.map((value) => ({ value, label: t(`automation.trigger.${value}`) }))
        }))}
        value={trigger}
        onChange={(value) => {
          const next = triggers.find((each) => each === value)
          if (next) onChange({ trigger: next, settings: settingsFor(next) })
        }}
        data-testid="rule-trigger"
      />
      {waits.includes(trigger) && (
        <DurationInput
          key={trigger}
          label={t('automation.forSoLong')}
          minutes={settings.minutes ?? 60}
          onChange={(minutes) => set({ minutes })}
        />
      )}
      {trigger === 'callRated' && (
        <Select
          label={t('automation.ratingUpTo')}
          allowDeselect={false}
          w={180}
          data={['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10']}
          value={String(settings.rating ?? 2)}
          onChange={(value) => set({ rating: Number(value) })}
        />
      )}
      {trigger === 'dealStage' && (
        <MultiSelect
          label={t('automation.stages')}
          placeholder={(settings.stageIds ?? []).length === 0 ? t('automation.choose') : ''}
          data={choices.stages}
          value={settings.stageIds ?? []}
          onChange={(stageIds) => set({ stageIds })}
          searchable
        />
      )}
      {trigger === 'callEnded' && (
        <Group grow align="flex-start">
          <Select
            label={t('automation.direction.label')}
            allowDeselect={false}
            data={(['any', 'in', 'out'] as const).map((value) => ({
              value,
              label: t(`automation.direction.${value}`)
            }))}
            value={settings.direction ?? 'any'}
            onChange={(value) =>
              set({ direction: (['any', 'in', 'out'] as const).find((each) => each === value) })
            }
          />
          <MultiSelect
            label={t('automation.outcomes')}
            placeholder={(settings.outcomes ?? []).length === 0 ? t('automation.any') : ''}
            data={outcomes.map((value) => ({ value, label: t(`outcome.${value}`) }))}
            value={settings.outcomes ?? []}
            onChange={(value) => set({ outcomes: outcomes.filter((each) => value.includes(each)) })}
          />
        </Group>
      )}
    </Stack>
  )
}
