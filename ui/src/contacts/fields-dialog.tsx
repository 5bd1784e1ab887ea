import { ActionIcon, Button, Modal, Select, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ContactSettings, CustomField } from '../../../api/contract/contacts.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import styles from './contacts.module.css'
import { useCustomFields } from './queries.ts'

const kinds = ['text', 'number', 'date', 'choice', 'flag'] as const

function Fields({ things }: { things: CustomField['things'] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const fields = useCustomFields(things)
  const [name, setName] = useState('')
  const [kind, setKind] = useState<CustomField['kind']>('text')
  const [choices, setChoices] = useState<string[]>([])
  const changed = (): Promise<unknown> =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['all', 'custom-fields'] }),
      client.invalidateQueries({ queryKey: ['contacts'] })
    ])
  const onError = (error: Error): void => toast('rust', explain(error))
  const add = useMutation({
    mutationFn: () =>
      api<CustomField>('POST', '/api/custom-fields', {
        ...{ things, name, kind, position: fields.length },
        choices: kind === 'choice' ? choices : []
      }),
    onSuccess: async () => {
      setName('')
      setChoices([])
      await changed()
    },
    onError
  })
  const remove = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/custom-fields/${id}`),
    onSuccess: changed,
    onError
  })
  const [asked, setAsked] = useState<string | null>(null)
  return (
    <section className={styles.lines}>
      <Text fw={600}>{t(things === 'contacts' ? 'contacts.people' : 'contacts.companies')}</Text>
      {fields.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t('contacts.fields.none')}
        </Text>
      )}
      {fields.map((field) => (
        <div key={field.id} className={styles.fieldRow} data-testid="custom-field">
          <span>
            {field.name}{' '}
            <span className={styles.sub}>
              {[t(`contacts.fields.kind.${field.kind}`), field.choices.join(', ')].filter(Boolean).join(': ')}
            </span>
          </span>
          {asked === field.id ? (
            <Button
              size="compact-xs"
              color="rust"
              loading={remove.isPending}
              onClick={() => remove.mutate(field.id)}
            >
              {t('contacts.fields.removeSure')}
            </Button>
          ) : (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('contacts.fields.remove', { name: field.name })}
              onClick={() => setAsked(field.id)}
            >
              <IconTrash size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      <form
        className={styles.fieldForm}
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
      >
        <TextInput
          size="xs"
          label={t('contacts.fields.name')}
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid={`new-field-${things}`}
        />
        <Select
          size="xs"
          label={t('contacts.fields.type')}
          allowDeselect={false}
          data={kinds.map((value) => ({ value, label: t(`contacts.fields.kind.${value}`) }))}
          value={kind}
          onChange={(next) => setKind(next ?? 'text')}
        />
        {kind === 'choice' && (
          <TagsInput
            size="xs"
            label={t('contacts.fields.choices')}
            description={t('contacts.fields.choicesHint')}
            value={choices}
            onChange={setChoices}
          />
        )}
        <Button
          size="xs"
          type="submit"
          loading={add.isPending}
          disabled={name.trim() === '' || (kind === 'choice' && choices.length === 0)}
        >
          {t('contacts.fields.add')}
        </Button>
      </form>
    </section>
  )
}

/** Fields of the company's own, and what operators see: for admins. */
export default function FieldsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const settings = useQuery({
    queryKey: ['contacts', 'settings'],
    queryFn: () => api<ContactSettings>('GET', '/api/contact-settings')
  })
  const put = useMutation({
    mutationFn: (body: ContactSettings) => api('PUT', '/api/contact-settings', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['contacts', 'settings'] }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('contacts.fields.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="lg" data-testid="fields-dialog">
        <Fields things="contacts" />
        <Fields things="companies" />
        <Switch
          label={t('contacts.fields.ownOnly')}
          description={t('contacts.fields.ownOnlyText')}
          checked={settings.data?.operatorsSeeOwn ?? false}
          disabled={!settings.data}
          onChange={(event) => put.mutate({ operatorsSeeOwn: event.currentTarget.checked })}
        />
      </Stack>
    </Modal>
  )
}
