import {
  Alert,
  Button,
  Divider,
  Drawer,
  Group,
  MultiSelect,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook } from '../../../api/contract/webhooks.ts'
import { neverKnown } from '../../../integrations/webhooks/core/filter.ts'
import { problemsOf } from '../../../integrations/webhooks/core/problems.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { bodyOf, draftOf, eventsOf, templateOf } from './draft.ts'
import { FilterFields } from './filter-fields.tsx'
import { TemplateEditor } from './template-editor.tsx'
import { allEvents, useEventName } from './words.ts'

interface Props {
  /** Null makes a new one. */
  webhook: Webhook | null
  onClose: () => void
  /** A new webhook has a secret, which is shown once. */
  onSecret: (secret: string) => void
}

/** Everything about one webhook. */
export function WebhookDrawer({ webhook, onClose, onSecret }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const nameOf = useEventName()
  const [draft, setDraft] = useState(() => draftOf(webhook))
  const set = (part: Partial<typeof draft>): void => setDraft((old) => ({ ...old, ...part }))
  const save = useMutation({
    mutationFn: () =>
      api<Webhook & { secret?: string }>(
        webhook ? 'PATCH' : 'POST',
        webhook ? `/api/webhooks/${webhook.id}` : '/api/webhooks',
        bodyOf(draft)
      ),
    onSuccess: async ({ secret }) => {
      await client.invalidateQueries({ queryKey: ['all', 'webhooks'] })
      if (webhook) toast('pine', t('hooks.saved'))
      onClose()
      if (secret !== undefined) onSecret(secret)
    }
  })
  const errors = fieldErrors(save.error)
  const template = templateOf(draft)
  const events = eventsOf(draft)
  const isWrong =
    (template !== null && problemsOf(template).length > 0) ||
    events.some((event) => neverKnown(draft.filter, event).length > 0)
  const others = Object.entries(errors).filter(([path]) => !['name', 'url', 'events'].includes(path))
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={760}
      title={webhook?.name ?? t('hooks.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={onSubmit} data-testid="webhook-form">
        <Stack gap="sm">
          {save.isError && (Object.keys(errors).length === 0 || others.length > 0) && (
            <Alert color="rust" role="alert">
              {explain(save.error)} {others.map(([path, words]) => `${path}: ${words}`).join('; ')}
            </Alert>
          )}
          <Group grow align="flex-start">
            <TextInput
              label={t('settings.name')}
              required
              value={draft.name}
              error={errors['name']}
              onChange={(event) => set({ name: event.currentTarget.value })}
              data-testid="webhook-name"
            />
            <TextInput
              label={t('hooks.address')}
              required
              type="url"
              placeholder="https://crm.example/hook"
              value={draft.url}
              error={errors['url']}
              onChange={(event) => set({ url: event.currentTarget.value })}
              data-testid="webhook-url"
            />
          </Group>
          <Switch
            label={t('hooks.isActive')}
            checked={draft.isActive}
            onChange={(event) => set({ isActive: event.currentTarget.checked })}
          />
          <TemplateEditor draft={draft} hasToken={webhook?.hasToken ?? false} onChange={set} />
          {draft.messages === null && (
            <MultiSelect
              label={t('hooks.events')}
              data={allEvents.map((value) => ({ value, label: nameOf(value) }))}
              value={draft.events}
              onChange={(value) => set({ events: value })}
              error={errors['events']}
              searchable
              data-testid="webhook-events"
            />
          )}
          <Divider mt="sm" />
          <Text fw={620}>{t('hooks.filter.title')}</Text>
          <Text c="dimmed" fz="sm" mt={-8}>
            {t('hooks.filter.text')}
          </Text>
          <FilterFields filter={draft.filter} events={events} onChange={(filter) => set({ filter })} />
          <Divider mt="sm" />
          <TagsInput
            label={t('hooks.noticeTo')}
            description={t('hooks.noticeToHelp')}
            placeholder={draft.noticeTo.length === 0 ? 'admin@example.org' : ''}
            value={draft.noticeTo}
            onChange={(noticeTo) => set({ noticeTo })}
            error={others.some(([path]) => path.startsWith('noticeTo')) ? t('hooks.badMail') : null}
          />
          <Group justify="flex-end" mt="sm">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={isWrong} data-testid="form-save">
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}
