import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CustomField, CustomValues } from '../../../api/contract/contacts.ts'
import { SavedField } from '../client/saved-field.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useCustomFields } from './queries.ts'

interface Props {
  things: CustomField['things']
  values: CustomValues
  isReadOnly: boolean
  /** @returns what the server says against it; null when it is saved */
  onSave: (values: CustomValues) => Promise<string | null>
}

/** What somebody typed, as the field keeps it; undefined where it is none. */
function read(kind: CustomField['kind'], text: string): string | number | null | undefined {
  if (text === '') return null
  if (kind === 'number') {
    const number = Number(text.replace(/\s/g, '').replace(',', '.'))
    return Number.isFinite(number) ? number : undefined
  }
  if (kind === 'date') {
    const [, day = '', month = '', year = ''] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? []
    const iso = year === '' ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
    const at = new Date(`${iso}T00:00:00Z`)
    return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== iso ? undefined : iso
  }
  return text
}

function shown(kind: CustomField['kind'], value: CustomValues[string] | undefined): string {
  if (value === null || value === undefined) return ''
  if (kind !== 'date') return String(value)
  const [year, month, day] = String(value).split('-')
  return `${day}.${month}.${year}`
}

/** Values of the company's own fields, each by its type; each saves itself. */
export function CustomInputs({ things, values, isReadOnly, onSave }: Props) {
  const { t } = useTranslation()
  const fields = useCustomFields(things)
  const put = async (custom: CustomValues): Promise<void> => {
    const refused = await onSave(custom)
    if (refused !== null) toast('rust', refused)
  }
  return fields.map((field) => {
    const value = values[field.id]
    if (field.kind === 'choice' || field.kind === 'flag') {
      const data =
        field.kind === 'choice'
          ? field.choices.map((each) => ({ value: each, label: each }))
          : [
              { value: 'true', label: t('contacts.yes') },
              { value: 'false', label: t('contacts.no') }
            ]
      return (
        <Select
          key={field.id}
          size="xs"
          label={field.name}
          placeholder="–"
          clearable={!isReadOnly}
          readOnly={isReadOnly}
          data={data}
          value={value === null || value === undefined ? null : String(value)}
          onChange={(next) =>
            inBackground(put({ [field.id]: next !== null && field.kind === 'flag' ? next === 'true' : next }))
          }
        />
      )
    }
    return (
      <SavedField
        key={field.id}
        label={field.name}
        value={shown(field.kind, value)}
        maxLength={field.kind === 'text' ? 1000 : 30}
        placeholder={field.kind === 'date' ? t('contacts.fields.datePlaceholder') : ''}
        isReadOnly={isReadOnly}
        check={(text) =>
          read(field.kind, text) === undefined
            ? t(field.kind === 'number' ? 'contacts.fields.wrongNumber' : 'contacts.fields.wrongDate')
            : null
        }
        onSave={(text) => onSave({ [field.id]: read(field.kind, text) ?? null })}
        testId={`custom-${field.name}`}
      />
    )
  })
}
