import {
  Button,
  Checkbox,
  CloseButton,
  Group,
  NumberInput,
  Popover,
  SegmentedControl,
  Stack,
  TagsInput,
  TextInput
} from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TFunction } from 'i18next'
import { boundName, type CallFilterName } from '../../../api/contract/journal-fields.ts'
import { filterOf, paramsOf, type FieldValues } from './filters.ts'
import { useOptions } from './filter-options.ts'
import styles from './journal.module.css'
import { fieldLabel } from './labels.ts'
import { Several, type Option } from './several.tsx'

interface Props {
  name: CallFilterName
  fields: FieldValues
  change: (changes: FieldValues) => void
  /** It was just added: its choices open by themselves. */
  isFresh?: boolean
  /** Gone once nothing is chosen; a usual filter stays. */
  onGone?: () => void
}

/** One filter: its button says what is chosen, and opens the choice. */
export function FilterChip({ name, fields, change, isFresh = false, onGone }: Props) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(isFresh)
  const params = paramsOf(name)
  const isSet = params.some((param) => (fields[param]?.length ?? 0) > 0)
  const options = useOptions(name, isOpen || isSet)
  const label = fieldLabel(name)
  const text = isSet ? said(name, fields, options, t) : label
  const clear = (): void => {
    change(Object.fromEntries(params.map((param) => [param, []])))
    onGone?.()
  }
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      onClose={() => {
        if (!isSet) onGone?.()
      }}
      position="bottom-start"
      shadow="md"
      width={276}
      trapFocus
    >
      <div className={styles.chip} data-set={isSet ? '' : undefined} data-testid={`filter-${name}`}>
        <Popover.Target>
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            h={28}
            px={10}
            fw={isSet ? 600 : 400}
            c="inherit"
            rightSection={isSet ? null : <IconChevronDown size={13} />}
            onClick={() => setOpen(!isOpen)}
            title={text}
          >
            <span className="cut">{text}</span>
          </Button>
        </Popover.Target>
        {isSet && (
          <CloseButton size="xs" mr={4} aria-label={t('filters.remove', { name: label })} onClick={clear} />
        )}
      </div>
      <Popover.Dropdown p="sm" data-testid={`filter-box-${name}`}>
        <Control name={name} fields={fields} change={change} options={options} label={label} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** What a filter that is set says on its button. */
function said(
  name: CallFilterName,
  fields: FieldValues,
  options: readonly Option[] | null,
  t: TFunction<'ui'>
): string {
  const label = fieldLabel(name)
  const { kind } = filterOf(name)
  if (kind === 'range') {
    const [min, max] = paramsOf(name).map((param) => fields[param]?.[0])
    return [label, min && `${t('filters.from')} ${min}`, max && `${t('filters.to')} ${max}`]
      .filter(Boolean)
      .join(' ')
  }
  const values = fields[name] ?? []
  const [first = ''] = values
  if (values.length > 1) return `${label}: ${values.length}`
  if (kind === 'flag') return `${label}: ${t(first === 'true' ? 'filters.yes' : 'filters.no').toLowerCase()}`
  if (first === '') return `${label}: ${t('filters.notGiven')}`
  const chosen = options?.find((option) => option.value === first)?.label
  return `${label}: ${chosen ?? (kind === 'ids' ? t('filters.chosenCall') : first)}`
}

function Control({
  name,
  fields,
  change,
  options,
  label
}: Pick<Props, 'name' | 'fields' | 'change'> & { options: Option[] | null; label: string }) {
  const { t } = useTranslation()
  const filter = filterOf(name)
  const values = fields[name] ?? []
  const set = (next: readonly string[]): void => change({ [name]: next })
  if (options !== null) return <Several label={label} options={options} value={values} onChange={set} />
  switch (filter.kind) {
    case 'flag':
      return (
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={label}
          value={values[0] ?? ''}
          data={[
            { value: 'true', label: t('filters.yes') },
            { value: 'false', label: t('filters.no') }
          ]}
          onChange={(value) => set([value])}
        />
      )
    case 'range':
      return (
        <Group gap="xs" grow>
          <Bound name={name} side="min" fields={fields} change={change} />
          <Bound name={name} side="max" fields={fields} change={change} />
        </Group>
      )
    case 'texts':
      return (
        <Stack gap="xs">
          <TagsInput
            size="xs"
            aria-label={label}
            placeholder={values.length === 0 ? t('filters.typeValues') : ''}
            value={values.filter(Boolean)}
            onChange={(next) => set([...next, ...(values.includes('') ? [''] : [])])}
            acceptValueOnBlur
            data-autofocus
          />
          <Checkbox
            size="xs"
            label={t('filters.alsoNotGiven')}
            checked={values.includes('')}
            onChange={(event) =>
              set(event.currentTarget.checked ? [...values, ''] : values.filter((each) => each !== ''))
            }
          />
        </Stack>
      )
    default:
      return (
        <Part label={label} value={values[0] ?? ''} onChange={(value) => set(value.trim() ? [value] : [])} />
      )
  }
}

function Bound({
  name,
  side,
  fields,
  change
}: Pick<Props, 'name' | 'fields' | 'change'> & { side: 'min' | 'max' }) {
  const { t } = useTranslation()
  const filter = filterOf(name)
  const param = boundName(side, name)
  const max = filter.kind === 'range' ? filter.max : 0
  const isFraction = filter.kind === 'range' && filter.isFraction === true
  const send = useDebouncedCallback((value: number | string) => {
    change({ [param]: value === '' ? [] : [String(value)] })
  }, 400)
  return (
    <NumberInput
      size="xs"
      label={t(side === 'min' ? 'filters.from' : 'filters.to')}
      aria-label={`${fieldLabel(name)}: ${t(side === 'min' ? 'filters.from' : 'filters.to')}`}
      min={0}
      max={max}
      step={isFraction ? 0.1 : 10}
      allowDecimal={isFraction}
      allowNegative={false}
      defaultValue={fields[param]?.[0] ?? ''}
      onChange={send}
      data-testid={param}
    />
  )
}

function Part({
  label,
  value,
  onChange
}: {
  label: string
  value: string
  onChange: (value: string) => void
}) {
  const { t } = useTranslation()
  const send = useDebouncedCallback(onChange, 300)
  return (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={t('filters.contains')}
      maxLength={300}
      defaultValue={value}
      onChange={(event) => send(event.currentTarget.value)}
      data-autofocus
    />
  )
}
