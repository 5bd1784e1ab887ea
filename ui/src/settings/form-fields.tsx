import {
  Group,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput
} from '@mantine/core'
import type { ReactNode } from 'react'

/** `object`: what only an input of its own understands, such as working hours. */
export type Value = string | number | boolean | string[] | object | null
export type Values = Record<string, Value>

export interface Option {
  value: string
  label: string
}

/** One input of a form. Labels are already in the reader's language. */
export interface Field {
  name: string
  label: string
  /** Where the label stands elsewhere. */
  ariaLabel?: string
  type: 'text' | 'password' | 'number' | 'select' | 'several' | 'switch' | 'tags' | 'area'
  help?: string
  placeholder?: string
  options?: readonly Option[]
  isRequired?: boolean
  /** A select without which the field is simply empty. */
  canClear?: boolean
  /** Stands beside a select, such as a button that lets hear what is chosen. */
  beside?: (value: Value) => ReactNode
  /** Shown only while this holds. */
  when?: (values: Values) => boolean
}

interface Props {
  field: Field
  value: Value
  error: string | undefined
  onChange: (value: Value) => void
}

function textOf(value: Value): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The input for a field. */
export function FieldInput({ field, value, error, onChange }: Props) {
  const common = {
    label: field.label || undefined,
    ...(field.ariaLabel !== undefined && { 'aria-label': field.ariaLabel }),
    description: field.help,
    placeholder: field.placeholder,
    error,
    required: field.isRequired ?? false,
    name: field.name,
    'data-testid': `field-${field.name}`
  }
  const listed = Array.isArray(value) ? (value as string[]) : []
  const options = [...(field.options ?? [])]
  switch (field.type) {
    case 'text':
      return (
        <TextInput
          {...common}
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'password':
      return (
        <PasswordInput
          {...common}
          autoComplete="new-password"
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          hideControls
          allowDecimal={false}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : null)}
        />
      )
    case 'select':
      return (
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <Select
            {...common}
            flex={1}
            data={options}
            value={typeof value === 'string' ? value : null}
            onChange={onChange}
            clearable={field.canClear ?? false}
            allowDeselect={field.canClear ?? false}
            searchable={options.length > 8}
          />
          {field.beside?.(value)}
        </Group>
      )
    case 'several':
      return <MultiSelect {...common} data={options} value={listed} onChange={onChange} searchable />
    case 'switch':
      return (
        <Switch
          label={field.label}
          description={field.help}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
          data-testid={`field-${field.name}`}
        />
      )
    case 'tags':
      return <TagsInput {...common} value={listed} onChange={onChange} />
    case 'area':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={8}
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
  }
}
