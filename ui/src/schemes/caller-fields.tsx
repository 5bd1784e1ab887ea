import { Group, Select, Switch, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Scenario } from '../../../ivr/simulate.ts'
import { atNumber, firstCaller, localTime, withFacts } from './imagined.ts'
import type { Things } from './use-things.ts'

interface Props {
  /** What the fields are called in the page: `simulated-from`, `test-from`. */
  name: 'simulated' | 'test'
  size: 'xs' | 'sm'
  scenario: Scenario
  onChange: (scenario: Scenario) => void
}

/** Who calls, and what they dialled: of a call that is imagined, and of one that is tried out by telephone. */
export function CallerFields({ name, size, scenario, things, onChange }: Props & { things: Things }) {
  const { t } = useTranslation()
  const { facts = {} } = scenario
  const isHidden = facts.callerNumber === null
  return (
    <>
      <Group gap={size === 'xs' ? 8 : 12} align="flex-end" wrap="nowrap">
        <TextInput
          flex={1}
          size={size}
          inputMode="tel"
          label={t('schemes.simulator.from')}
          disabled={isHidden}
          placeholder={isHidden ? t('schemes.simulator.hidden') : firstCaller}
          value={facts.callerNumber ?? ''}
          onChange={(event) => onChange(withFacts(scenario, { callerNumber: event.currentTarget.value }))}
          data-testid={`${name}-from`}
        />
        <Switch
          size={size}
          mb={size === 'xs' ? 7 : 8}
          label={t('schemes.simulator.hidden')}
          aria-label={t('schemes.simulator.hiddenLabel')}
          checked={isHidden}
          onChange={(event) =>
            onChange(withFacts(scenario, { callerNumber: event.currentTarget.checked ? null : firstCaller }))
          }
        />
      </Group>
      <Group gap={size === 'xs' ? 8 : 12} grow>
        <Select
          size={size}
          label={t('schemes.simulator.to')}
          placeholder={t('schemes.simulator.anyNumber')}
          data={[...things.numbers]}
          value={facts.numberId ?? null}
          clearable
          searchable
          onChange={(id) =>
            onChange(
              atNumber(
                scenario,
                things.numberList.find((each) => each.id === id),
                things.sourceList
              )
            )
          }
        />
        <Select
          size={size}
          label={t('schemes.simulator.source')}
          placeholder={t('schemes.simulator.bySource')}
          data={[...things.sources]}
          value={facts.sourceId ?? null}
          clearable
          searchable
          onChange={(id) => {
            const source = things.sourceList.find((each) => each.id === id)
            onChange(
              withFacts(scenario, {
                sourceId: source?.id ?? null,
                inquiryChannel: source?.inquiryChannel ?? null
              })
            )
          }}
        />
      </Group>
    </>
  )
}

/** When the call comes in, by the clock of this computer. */
export function CallTime({ name, size, scenario, isOff, onChange }: Props & { isOff?: boolean }) {
  const { t } = useTranslation()
  return (
    <TextInput
      flex={1}
      size={size}
      type="datetime-local"
      label={t('schemes.simulator.at')}
      disabled={isOff === true}
      value={localTime(scenario.atMs)}
      onChange={(event) => {
        const atMs = new Date(event.currentTarget.value).getTime()
        if (Number.isFinite(atMs) && atMs >= 0) onChange({ ...scenario, atMs })
      }}
      data-testid={`${name}-time`}
    />
  )
}
