import { Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ConnectorKind } from '../../../api/contract/connector-words.ts'
import styles from './integrations.module.css'
import type { FieldForm } from './kinds/form.ts'
import { kindWord } from './words.ts'

/** What each thing of ours is called on the other side; an empty one does not go there. */
export function NameTable(props: {
  kind: ConnectorKind
  field: FieldForm
  value: unknown
  onChange: (value: unknown) => void
  label: string
  description?: string
  error?: string
  'data-testid': string
}) {
  const { kind, field, value, onChange, label, description, error } = props
  const { t } = useTranslation()
  const names = (typeof value === 'object' && value !== null ? value : {}) as Record<string, string>
  return (
    <div role="group" aria-label={label} data-testid={props['data-testid']}>
      <Text fz="sm" fw={500}>
        {label}
      </Text>
      {description !== undefined && (
        <Text c="dimmed" fz="xs">
          {description}
        </Text>
      )}
      {(field.choices ?? []).map((ours) => {
        const name = kindWord(t, kind, `choices.${field.name}.${ours}`) ?? ours
        return (
          <div key={ours} className={styles.pair}>
            <Text fz="sm">{name}</Text>
            <TextInput
              aria-label={name}
              placeholder={t('integrations.stagesNone')}
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              value={names[ours] ?? ''}
              onChange={(event) => onChange({ ...names, [ours]: event.currentTarget.value })}
              data-testid={`connector-${field.name}-${ours}`}
            />
          </div>
        )
      })}
      {error !== undefined && (
        <Text c="rust" fz="sm" role="alert" mt={4}>
          {error}
        </Text>
      )}
    </div>
  )
}
