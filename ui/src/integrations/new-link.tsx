import { TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorKind } from '../../../api/contract/connector-words.ts'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { Field } from './fields.tsx'
import { kindForms } from './kinds/kinds.ts'
import { kindWord, wrongOf } from './words.ts'

/** The first step: which account. The others follow on the link's own page. */
export function NewLink({
  kind,
  onClose,
  onMade
}: {
  kind: ConnectorKind
  onClose: () => void
  onMade: (id: string) => void
}) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const title = kindWord(t, kind, 'name') ?? kind
  const fields = kindForms[kind].fields.filter(({ at }) => at === 'first')
  const [name, setName] = useState(title)
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(
      fields.map((field) => [field.name, field.type === 'choice' ? (field.choices?.[0] ?? '') : ''])
    )
  )
  const pick = (isSecret: boolean): Record<string, unknown> =>
    Object.fromEntries(
      fields.flatMap((field) =>
        (field.type === 'secret') === isSecret && values[field.name] !== ''
          ? [[field.name, values[field.name]] as const]
          : []
      )
    )
  const make = useMutation({
    mutationFn: () =>
      api<ConnectorItem>('POST', '/api/connectors', {
        ...{ kind, name, keys: pick(true) },
        settings: { ...pick(false), locale: i18n.language === 'en' ? 'en' : 'ru' }
      }),
    async onSuccess({ id }) {
      await client.invalidateQueries({ queryKey: ['all', 'connectors'] })
      onMade(id)
    }
  })
  const wrong = fieldErrors(make.error)
  return (
    <FormDialog
      title={title}
      error={make.error}
      isBusy={make.isPending}
      saveLabel={t('integrations.create')}
      onSubmit={() => make.mutate()}
      onClose={onClose}
      testId="connector-form"
      saveTestId="connector-create"
    >
      {fields.map((field) => (
        <Field
          key={field.name}
          kind={kind}
          field={field}
          value={values[field.name]}
          error={wrongOf(wrong, field)}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      <TextInput
        label={t('integrations.name')}
        required
        maxLength={100}
        value={name}
        error={wrong['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
