import { Alert, Button, Checkbox, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkChange, BulkPreview } from '../../../api/contract/bulk.ts'
import type { BulkThing } from '../../../api/contract/settings-words.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { FieldInput, type Field, type Value, type Values } from './form-fields.tsx'
import { Tall } from './tall.tsx'

/** How many things of one kind are changed at once. */
export interface Bulk {
  things: BulkThing
  fields: readonly Field[]
  /** Fields of the things themselves, where they are not those of the form. */
  shown?: readonly Pick<Field, 'name' | 'label' | 'options'>[]
  /** How a thing is called in the list of what changes. */
  nameOf?: (name: string) => string
}

const undoMs = 10_000

/** One change for many: what to change, then what comes of it, then done; and a way back. */
export function BulkDialog({
  bulk,
  ids,
  onClose
}: {
  bulk: Bulk
  ids: readonly string[]
  onClose: (isDone: boolean) => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [values, setValues] = useState<Values>({})
  const bodyOf = () => ({ things: bulk.things, ids, change: values })
  const look = useMutation({
    mutationFn: () => api<BulkPreview>('POST', '/api/bulk-changes/preview', bodyOf())
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['all'] })
  const undo = async (id: string): Promise<void> => {
    try {
      const { count } = await api<BulkChange>('POST', `/api/bulk-changes/${id}/undo`)
      toast('pine', t('bulk.undone', { count }))
    } catch (error) {
      toast('rust', explain(error))
    }
    await refresh()
  }
  const change = useMutation({
    mutationFn: () => api<BulkChange>('POST', '/api/bulk-changes', bodyOf()),
    onSuccess: async ({ id, count }) => {
      const action = { label: t('usage.undo'), run: () => inBackground(undo(id)) }
      toast('pine', t('bulk.done', { count }), undoMs, action)
      onClose(true)
      await refresh()
    }
  })
  const preview = look.data
  const set = (name: string, value: Value | undefined): void => {
    look.reset()
    setValues((old) => {
      const { [name]: _gone, ...rest } = old
      return value === undefined ? rest : { ...rest, [name]: value }
    })
  }
  const first = (field: Field): Value =>
    field.type === 'switch' ? true : field.type === 'several' || field.type === 'tags' ? [] : null
  const error = change.error ?? look.error
  return (
    <Modal
      opened
      onClose={() => onClose(false)}
      title={t('bulk.title', { count: ids.length })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack data-testid="bulk-dialog">
        {error && (
          <Alert color="rust" role="alert">
            {explain(error)}
          </Alert>
        )}
        {!preview && <Text c="dimmed">{t('bulk.text')}</Text>}
        {!preview &&
          bulk.fields.map((field) => {
            const isOn = field.name in values
            return (
              <Group key={field.name} align="center" wrap="nowrap" mih={36}>
                <Checkbox
                  w={230}
                  label={field.label}
                  checked={isOn}
                  onChange={() => set(field.name, isOn ? undefined : first(field))}
                  data-testid={`bulk-${field.name}`}
                />
                <div style={{ flex: 1 }}>
                  {isOn ? (
                    <FieldInput
                      field={
                        field.type === 'switch' ? field : { ...field, label: '', ariaLabel: field.label }
                      }
                      value={values[field.name] ?? null}
                      error={undefined}
                      onChange={(value) => set(field.name, value)}
                    />
                  ) : (
                    <Text c="dimmed" fz="sm">
                      {t('bulk.stays')}
                    </Text>
                  )}
                </div>
              </Group>
            )
          })}
        {preview && <Changes bulk={bulk} preview={preview} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => (preview ? look.reset() : onClose(false))}>
            {t(preview ? 'bulk.back' : 'common.cancel')}
          </Button>
          {preview ? (
            <Button
              disabled={preview.items.length === 0}
              loading={change.isPending}
              onClick={() => change.mutate()}
              data-testid="bulk-apply"
            >
              {t('bulk.apply', { count: preview.items.length })}
            </Button>
          ) : (
            <Button
              disabled={Object.keys(values).length === 0}
              loading={look.isPending}
              onClick={() => look.mutate()}
              data-testid="bulk-preview"
            >
              {t('bulk.preview')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function Changes({ bulk, preview }: { bulk: Bulk; preview: BulkPreview }) {
  const { t } = useTranslation()
  const known = [...(bulk.shown ?? []), ...bulk.fields]
  const labelOf = (name: string): string => known.find((field) => field.name === name)?.label ?? name
  const word = (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === '') return '–'
    if (typeof value === 'boolean') return t(value ? 'bulk.yes' : 'bulk.no')
    if (Array.isArray(value)) return value.map((each) => word(name, each)).join(', ') || '–'
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    const options = known.find((field) => field.name === name)?.options
    return options?.find((option) => option.value === text)?.label ?? text
  }
  const about = t('bulk.changes', { count: preview.items.length, same: preview.same })
  return (
    <>
      <Text>{about}</Text>
      <Tall label={about} testId="bulk-changes">
        <Table fz="sm" verticalSpacing={4}>
          <Table.Tbody>
            {preview.items.map(({ id, name, before, after }) => (
              <Table.Tr key={id}>
                <Table.Td fw={580}>{bulk.nameOf ? bulk.nameOf(name) : name}</Table.Td>
                <Table.Td>
                  {Object.keys(after).map((field) => (
                    <div key={field}>
                      {`${labelOf(field)}: ${word(field, before[field])} → ${word(field, after[field])}`}
                    </div>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Tall>
    </>
  )
}
