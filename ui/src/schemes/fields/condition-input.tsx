import { ActionIcon, Group, MultiSelect, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { inquiryChannels } from '../../../../api/contract/words.ts'
import { fieldsOf } from '../../../../ivr/fields.ts'
import type { Choice, Things } from '../use-things.ts'
import { HoursField } from './hours-field.tsx'
import { textList } from './setting-input.tsx'

const facts = [
  'source',
  'inquiryChannel',
  'campaign',
  'keyword',
  'number',
  'site',
  'client',
  'owner',
  'tag',
  'callerList',
  'region',
  'country',
  'callerNumber',
  'callerHidden',
  'pressed',
  'time'
] as const
type Fact = (typeof facts)[number]

/** One thing to look at. Which of the fields it has goes by the fact. */
export interface Condition {
  fact: Fact
  test?: string
  is?: string | boolean
  values?: string[]
  timeZone?: string
  hours?: unknown
  holidays?: string[]
}

/** What can be asked of a fact: a choice, or a list with a way to compare. */
const choices: Partial<Record<Fact, readonly string[]>> = {
  client: ['new', 'known'],
  owner: ['some', 'none'],
  time: ['open', 'closed'],
  callerHidden: ['yes', 'no']
}

function testsOf(fact: Fact): readonly ('in' | 'notIn' | 'contains' | 'startsWith')[] {
  if (fact === 'callerNumber') return ['in', 'notIn', 'startsWith']
  if (fact === 'tag' || fact === 'callerList') return ['in', 'notIn']
  if (fact === 'pressed') return ['in', 'contains']
  if (fact === 'source' || fact === 'site' || fact === 'inquiryChannel') return ['in', 'notIn']
  return ['in', 'notIn', 'contains']
}

export function newCondition(fact: Fact): Condition {
  const first = choices[fact]?.[0]
  if (fact === 'callerHidden') return { fact, is: true }
  return first === undefined ? { fact, test: 'in', values: [] } : { fact, is: first }
}

/** Choices for a fact whose values are things of ours. */
function useKnownValues(fact: Fact, things: Things): readonly Choice[] | null {
  const { t } = useTranslation()
  switch (fact) {
    case 'source':
      return things.sources
    case 'site':
      return things.sites
    case 'number':
      return things.numbers
    case 'callerList':
      return things.callerLists
    case 'inquiryChannel':
      return inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))
    default:
      return null
  }
}

interface Props {
  value: Condition
  things: Things
  onChange: (condition: Condition) => void
  onRemove: (() => void) | null
}

/** One condition of a rule. */
export function ConditionInput({ value, things, onChange, onRemove }: Props) {
  const { t } = useTranslation()
  const known = useKnownValues(value.fact, things)
  const options = choices[value.fact]
  const is = value.fact === 'callerHidden' ? (value.is === false ? 'no' : 'yes') : String(value.is ?? '')
  const values = value.values ?? []
  const hours = fieldsOf('schedule').find(({ name }) => name === 'hours')
  return (
    <Stack gap={4}>
      <Group gap={4} wrap="nowrap">
        <Select
          flex={1}
          size="xs"
          aria-label={t('blocks.rule.fact')}
          data={facts.map((fact) => ({ value: fact, label: t(`blocks.fact.${fact}`) }))}
          value={value.fact}
          allowDeselect={false}
          searchable
          onChange={(fact) => {
            const found = facts.find((each) => each === fact)
            if (found) onChange(newCondition(found))
          }}
        />
        {options ? (
          <Select
            flex={1}
            size="xs"
            aria-label={t('blocks.rule.test')}
            data={options.map((each) => ({
              value: each,
              label: t(`blocks.is.${each as 'new'}`)
            }))}
            value={is}
            allowDeselect={false}
            onChange={(next) => {
              if (next !== null)
                onChange({ ...value, is: value.fact === 'callerHidden' ? next === 'yes' : next })
            }}
          />
        ) : (
          <Select
            flex={1}
            size="xs"
            aria-label={t('blocks.rule.test')}
            data={testsOf(value.fact).map((test) => ({ value: test, label: t(`blocks.test.${test}`) }))}
            value={value.test ?? 'in'}
            allowDeselect={false}
            onChange={(test) => {
              if (test !== null) onChange({ ...value, test })
            }}
          />
        )}
        {onRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('blocks.rule.removeCondition')}
            onClick={onRemove}
          >
            <IconX size={14} />
          </ActionIcon>
        )}
      </Group>
      {!options &&
        (known && value.test !== 'contains' ? (
          <MultiSelect
            size="xs"
            aria-label={t('blocks.rule.values')}
            placeholder={values.length === 0 ? t('blocks.fault.choose') : ''}
            data={[...known, ...values.filter((id) => !known.some((each) => each.value === id))]}
            value={values}
            searchable
            onChange={(next) => onChange({ ...value, values: next })}
          />
        ) : (
          <TagsInput
            size="xs"
            aria-label={t('blocks.rule.values')}
            placeholder={values.length === 0 ? t('blocks.rule.values') : ''}
            value={textList(values)}
            splitChars={[',', ';']}
            onChange={(next) => onChange({ ...value, values: next })}
          />
        ))}
      {value.fact === 'time' && hours && (
        <>
          <HoursField
            field={hours}
            value={value.hours ?? hours.initial}
            things={things}
            error={undefined}
            onChange={(next) => onChange({ ...value, hours: next })}
          />
          <TextInput
            size="xs"
            label={t('blocks.setting.timeZone')}
            value={value.timeZone ?? 'Europe/Moscow'}
            onChange={(event) => onChange({ ...value, timeZone: event.currentTarget.value })}
          />
        </>
      )}
    </Stack>
  )
}
