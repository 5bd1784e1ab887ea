import { List, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageChannel } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'

interface Props {
  channel: MessageChannel | null
  onClose: () => void
  onSaved: (channel: MessageChannel) => void
}

/** A bot of Telegram: its token, and what it says to whoever presses Start. */
export function BotForm({ channel, onClose, onSaved }: Props) {
  const { t } = useTranslation()
  const before = (channel?.settings ?? {}) as { greeting?: string; phoneButton?: string }
  const [name, setName] = useState(channel?.name ?? 'Telegram')
  const [token, setToken] = useState('')
  const [greeting, setGreeting] = useState(before.greeting ?? t('channels.greetingText'))
  const [phoneButton, setPhoneButton] = useState(before.phoneButton ?? t('channels.phoneButtonText'))
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name,
        settings: { ...channel?.settings, greeting, phoneButton },
        keys: { ...(token && { token: token.trim() }) }
      }
      return channel
        ? api<MessageChannel>('PATCH', `/api/message-channels/${channel.id}`, body)
        : api<MessageChannel>('POST', '/api/message-channels', { ...body, kind: 'telegram' })
    },
    onSuccess: onSaved
  })
  const wrong = fieldErrors(save.error)
  return (
    <FormDialog
      title={channel ? channel.name : t('channels.newBot')}
      error={save.error}
      isBusy={save.isPending}
      saveLabel={t('channels.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="bot-form"
      saveTestId="save-channel"
    >
      {!channel && (
        <List type="ordered" size="sm" spacing={2}>
          <List.Item>{t('channels.botStep1')}</List.Item>
          <List.Item>{t('channels.botStep2')}</List.Item>
          <List.Item>{t('channels.botStep3')}</List.Item>
        </List>
      )}
      <PasswordInput
        label={t('channels.token')}
        description={channel ? t('channels.passwordStays') : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder="123456789:AA…"
        required={!channel}
        data-autofocus
        autoComplete="new-password"
        value={token}
        error={wrong['keys.token']}
        onChange={(event) => setToken(event.currentTarget.value)}
        data-testid="bot-token"
      />
      <TextInput
        label={t('channels.name')}
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t('channels.greeting')}
        description={t('channels.greetingHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autosize
        minRows={2}
        maxLength={2000}
        value={greeting}
        onChange={(event) => setGreeting(event.currentTarget.value)}
      />
      <TextInput
        label={t('channels.phoneButton')}
        description={t('channels.phoneButtonHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        maxLength={60}
        value={phoneButton}
        onChange={(event) => setPhoneButton(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
