import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { FieldInput, type Field, type Values } from './form-fields.tsx'

interface Props {
  title: string
  /** Path of the collection, such as `/api/users`. */
  path: string
  /** Null makes a new one. */
  id: string | null
  fields: readonly Field[]
  initial: Values
  toBody: (values: Values, isNew: boolean) => Record<string, unknown>
  onClose: () => void
  /** What the server answered; a new secret comes this way. */
  onSaved?: (answer: unknown) => void
}

/** A modal form for one thing; the server's words about a field stand at that field. */
export function ResourceForm({ title, path, id, fields, initial, toBody, onClose, onSaved }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [values, setValues] = useState(initial)
  const save = useMutation({
    mutationFn: () => api(id ? 'PATCH' : 'POST', id ? `${path}/${id}` : path, toBody(values, id === null)),
    onSuccess: async (answer) => {
      await client.invalidateQueries({ queryKey: ['all'] })
      onSaved?.(answer)
      onClose()
    }
  })
  const errors = fieldErrors(save.error)
  const shown = fields.filter((field) => field.when?.(values) ?? true)
  const names = new Set(shown.map((field) => field.name))
  const homeless = Object.entries(errors).filter(([name]) => !names.has(name.split('.')[0] ?? name))
  const errorOf = (name: string): string | undefined =>
    errors[name] ?? Object.entries(errors).find(([path]) => path.startsWith(`${name}.`))?.[1]
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="md"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={onSubmit} data-testid="resource-form">
        <Stack gap="sm">
          {save.isError && (Object.keys(errors).length === 0 || homeless.length > 0) && (
            <Alert color="rust" role="alert">
              {explain(save.error)} {homeless.map(([name, message]) => `${name}: ${message}`).join('; ')}
            </Alert>
          )}
          {shown.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              value={values[field.name] ?? null}
              error={errorOf(field.name)}
              onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
            />
          ))}
          <Group justify="flex-end" mt="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} data-testid="form-save">
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
