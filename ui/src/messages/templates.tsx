import { ActionIcon, Button, Group, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageTemplate } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import rows from '../integrations/integrations.module.css'
import settings from '../settings/settings.module.css'
import { useTemplates } from './queries.ts'

const variables = ['name', 'company', 'phone', 'email', 'deal', 'operator'] as const

function TemplateForm({ template, onClose }: { template: MessageTemplate | null; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(template?.name ?? '')
  const [subject, setSubject] = useState(template?.subject ?? '')
  const [text, setText] = useState(template?.text ?? '')
  const save = useMutation({
    mutationFn: () =>
      template
        ? api<MessageTemplate>('PATCH', `/api/message-templates/${template.id}`, { name, subject, text })
        : api<MessageTemplate>('POST', '/api/message-templates', { name, subject, text }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: ['message-templates'] })
      onClose()
    }
  })
  const wrong = fieldErrors(save.error)
  return (
    <FormDialog
      title={template ? template.name : t('channels.newTemplate')}
      error={save.error}
      isBusy={save.isPending}
      saveLabel={t('channels.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="template-form"
      saveTestId="save-template"
    >
      <TextInput
        label={t('channels.name')}
        required
        data-autofocus
        maxLength={100}
        value={name}
        error={wrong['name']}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="template-name"
      />
      <TextInput
        label={t('channels.templateSubject')}
        maxLength={500}
        value={subject}
        error={wrong['subject']}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <Textarea
        label={t('channels.templateText')}
        required
        autosize
        minRows={5}
        maxRows={14}
        maxLength={20_000}
        value={text}
        error={wrong['text']}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="template-text"
      />
      <Group gap={6}>
        <Text fz="sm" c="dimmed">
          {t('channels.variables')}
        </Text>
        {variables.map((each) => (
          <Button
            key={each}
            size="compact-xs"
            variant="default"
            onClick={() => setText((now) => `${now}{{${each}}}`)}
          >
            {t(`channels.variable.${each}`)}
          </Button>
        ))}
      </Group>
    </FormDialog>
  )
}

/** Texts that are said often. */
export function Templates() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const found = useTemplates()
  const [shown, setShown] = useState<MessageTemplate | 'new' | null>(null)
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['message-templates'] })
  const remove = async (template: MessageTemplate): Promise<void> => {
    await api('DELETE', `/api/message-templates/${template.id}`)
    await changed()
    const { name, subject, text } = template
    const back = (): void =>
      inBackground(api('POST', '/api/message-templates', { name, subject, text }).then(changed))
    toast('pine', t('channels.templateDeleted', { name }), 8000, { label: t('channels.undo'), run: back })
  }
  const items = found.data?.items ?? []
  return (
    <section>
      <Group justify="space-between" mt="xl" mb="sm">
        <Title order={2} size="h3">
          {t('channels.templates')}
        </Title>
        <Button
          size="sm"
          variant="light"
          leftSection={<IconPlus size={16} />}
          onClick={() => setShown('new')}
          data-testid="new-template"
        >
          {t('channels.newTemplate')}
        </Button>
      </Group>
      {found.isError && <Text>{explain(found.error)}</Text>}
      {found.isSuccess && (
        <div className="sheet">
          {items.length === 0 && (
            <Text c="dimmed" ta="center" p="xl">
              {t('channels.noTemplates')}
            </Text>
          )}
          {items.map((template) => (
            <div key={template.id} className={rows.item} data-testid="template-row">
              <div style={{ minWidth: 0, flex: 1 }}>
                <button type="button" className={settings.open} onClick={() => setShown(template)}>
                  {template.name}
                </button>
                <Text fz="sm" c="dimmed" truncate>
                  {template.text}
                </Text>
              </div>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('channels.deleteTemplate', { name: template.name })}
                onClick={() => inBackground(remove(template))}
              >
                <IconTrash size={17} />
              </ActionIcon>
            </div>
          ))}
        </div>
      )}
      {shown !== null && (
        <TemplateForm template={shown === 'new' ? null : shown} onClose={() => setShown(null)} />
      )}
    </section>
  )
}
