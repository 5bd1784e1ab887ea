import { Accordion, Badge, Button, Group, PasswordInput, Select, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { presets } from '../../../integrations/webhooks/core/presets.ts'
import { problemsOf } from '../../../integrations/webhooks/core/problems.ts'
import { draftOfMessage, templateOf, type MessageDraft, type WebhookDraft } from './draft.ts'
import { MessageEditor } from './message-editor.tsx'
import { presetNames, useEventName } from './words.ts'

interface Props {
  draft: WebhookDraft
  hasToken: boolean
  onChange: (part: Partial<WebhookDraft>) => void
}

const empty: MessageDraft = {
  event: 'call.ended',
  method: 'POST',
  url: '',
  kind: 'form',
  text: 'callId={{callId}}\nphone={{callerNumber}}',
  headers: '',
  needs: null
}

/** The messages of a webhook that speaks another system's language; null speaks our own. */
export function TemplateEditor({ draft, hasToken, onChange }: Props) {
  const { t } = useTranslation()
  const nameOf = useEventName()
  const [opened, setOpened] = useState<string | null>('0')
  const { messages } = draft
  const choose = (value: string | null): void => {
    setOpened('0')
    if (value === null || value === 'own') onChange({ messages: null, preset: null })
    else if (value === 'custom') onChange({ messages: messages ?? [empty], preset: null })
    else onChange({ messages: presets[value]?.messages.map(draftOfMessage) ?? null, preset: value })
  }
  const template = templateOf(draft)
  const problems = template ? problemsOf(template) : []
  const ofMessage = (index: number) =>
    problems
      .filter(({ path }) => path.startsWith(`messages.${index}.`))
      .map((each) => ({ ...each, path: each.path.slice(`messages.${index}.`.length) }))
  return (
    <Stack gap="sm">
      <Select
        label={t('hooks.template.format')}
        description={t(messages ? 'hooks.template.formatText' : 'hooks.template.ownText')}
        data={[
          { value: 'own', label: t('hooks.preset.own') },
          ...presetNames.map((value) => ({ value, label: t(`hooks.preset.${value as 'megafon'}`) })),
          { value: 'custom', label: t('hooks.preset.custom') }
        ]}
        value={messages === null ? 'own' : (draft.preset ?? 'custom')}
        allowDeselect={false}
        onChange={choose}
        data-testid="webhook-format"
      />
      {messages && (
        <>
          <PasswordInput
            label={t('hooks.template.token')}
            description={t('hooks.template.tokenHelp', { open: '{{', close: '}}' })}
            placeholder={hasToken ? t('hooks.template.tokenKept') : ''}
            autoComplete="off"
            value={draft.token}
            onChange={(event) => onChange({ token: event.currentTarget.value })}
            visibilityToggleButtonProps={{
              'aria-label': t('hooks.template.tokenShow'),
              'aria-hidden': false
            }}
          />
          <Accordion value={opened} onChange={setOpened} variant="separated" data-testid="messages">
            {messages.map((message, index) => (
              <Accordion.Item key={index} value={String(index)}>
                <Accordion.Control>
                  <Group gap="sm">
                    <Text fw={600} fz="sm">
                      {index + 1}. {nameOf(message.event)}
                    </Text>
                    <Text fz="xs" c="dimmed">
                      {message.method} · {t(`hooks.template.kind.${message.kind}`)}
                    </Text>
                    {ofMessage(index).length > 0 && (
                      <Badge color="rust" variant="light" tt="none">
                        {t('hooks.template.wrong')}
                      </Badge>
                    )}
                  </Group>
                </Accordion.Control>
                <Accordion.Panel>
                  {opened === String(index) && (
                    <MessageEditor
                      message={message}
                      problems={ofMessage(index)}
                      url={draft.url}
                      onChange={(next) => onChange({ messages: messages.with(index, next) })}
                      onRemove={
                        messages.length > 1
                          ? () => onChange({ messages: messages.toSpliced(index, 1) })
                          : null
                      }
                    />
                  )}
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            style={{ alignSelf: 'flex-start' }}
            disabled={messages.length >= 30}
            onClick={() => {
              onChange({ messages: [...messages, empty] })
              setOpened(String(messages.length))
            }}
          >
            {t('hooks.template.add')}
          </Button>
        </>
      )}
    </Stack>
  )
}
