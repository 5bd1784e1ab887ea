import { MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { SettingField } from '../../../../ivr/fields.ts'
import type { Choice, Things } from '../use-things.ts'
import { choiceWord, settingWord } from '../words.ts'
import { HoursField } from './hours-field.tsx'
import { KeysField } from './keys-field.tsx'
import { RulesField } from './rules-field.tsx'
import { SharesField } from './shares-field.tsx'
import { SoundsField } from './sounds-field.tsx'

export interface FieldProps {
  field: SettingField
  value: unknown
  things: Things
  error: string | undefined
  /** Undefined takes it back to its default. */
  onChange: (value: unknown) => void
}

const phoneKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#']

export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** Ids that no longer stand for anything stay in sight. */
function withGone(choices: readonly Choice[], ids: readonly string[]): Choice[] {
  const gone = ids.filter((id) => id !== '' && !choices.some(({ value }) => value === id))
  return [...choices, ...gone.map((id) => ({ value: id, label: `? ${id.slice(0, 8)}` }))]
}

/** The input for one setting, chosen by the kind of its value. */
export function SettingInput({ field, value, things, error, onChange }: FieldProps) {
  const { t } = useTranslation()
  const { name, kind, isNullable, isRequired } = field
  const common = {
    label: settingWord(name),
    error,
    'data-testid': `setting-${name}`
  }
  const choose = (choices: readonly Choice[], nothing: string) => (
    <Select
      {...common}
      required={isRequired}
      data={withGone(choices, typeof value === 'string' ? [value] : [])}
      value={typeof value === 'string' && value !== '' ? value : null}
      placeholder={nothing}
      clearable={isNullable}
      allowDeselect={isNullable}
      searchable={choices.length > 8}
      nothingFoundMessage={choices.length === 0 ? t('blocks.nothingThere') : undefined}
      onChange={(next) => onChange(next)}
    />
  )
  switch (kind) {
    case 'toggle':
      return (
        <Switch
          label={common.label}
          data-testid={common['data-testid']}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          allowDecimal={false}
          clampBehavior="none"
          value={typeof value === 'number' ? value : ''}
          placeholder={typeof field.initial === 'number' ? String(field.initial) : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      )
    case 'choice':
      return choose(
        field.options.map((option) => ({ value: option, label: choiceWord(option) })),
        ''
      )
    case 'key':
      return choose(
        phoneKeys.map((key) => ({ value: key, label: key })),
        t('blocks.key.none')
      )
    case 'group':
      return choose(things.groups, isNullable ? t('blocks.none') : t('blocks.fault.choose'))
    case 'trunk':
      return choose(things.trunks, t('blocks.anyTrunk'))
    case 'scheme':
      return choose(things.schemes, t('blocks.fault.choose'))
    case 'schedule':
      return things.schedules.length === 0 && value === null
        ? null
        : choose(things.schedules, t('blocks.ownHours'))
    case 'music':
      return choose(things.music, t('blocks.choice.usualMusic'))
    case 'groups':
      return (
        <MultiSelect
          {...common}
          data={withGone(things.groups, textList(value))}
          value={textList(value)}
          placeholder={textList(value).length === 0 ? t('blocks.none') : ''}
          searchable
          onChange={onChange}
        />
      )
    case 'words':
      return <TagsInput {...common} value={textList(value)} onChange={onChange} splitChars={[',', ';']} />
    case 'dates':
      return (
        <TagsInput
          {...common}
          placeholder="2027-01-01"
          value={textList(value)}
          onChange={onChange}
          splitChars={[',', ';', ' ']}
        />
      )
    case 'text':
    case 'phone':
    case 'timeZone':
      return (
        <TextInput
          {...common}
          required={isRequired}
          inputMode={kind === 'phone' ? 'tel' : 'text'}
          placeholder={kind === 'phone' ? '+74951234567' : isNullable ? t('blocks.none') : ''}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(typed(event.currentTarget.value, field))}
        />
      )
    case 'sounds':
    case 'speech':
      return <SoundsField {...{ field, value, things, error, onChange }} />
    case 'keys':
      return <KeysField {...{ field, value, things, error, onChange }} />
    case 'hours':
      return <HoursField {...{ field, value, things, error, onChange }} />
    case 'shares':
      return <SharesField {...{ field, value, things, error, onChange }} />
    case 'rules':
      return <RulesField {...{ field, value, things, error, onChange }} />
  }
}

/** As the schema wants it: numbers without blanks, and nothing instead of an empty text where nothing is allowed. */
function typed(text: string, { kind, isNullable, isRequired }: SettingField): unknown {
  const value = kind === 'phone' ? text.replace(/[\s()-]/g, '') : text
  if (value !== '') return value
  return isNullable ? null : isRequired ? '' : undefined
}
