import { Group, Select, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation, Message, MessageFile } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { fullTime } from '../lib/format.ts'
import { Files } from './files.tsx'
import { useMessagesChanged, useSenders } from './queries.ts'
import { TemplateChoice } from './template-choice.tsx'

export interface Begun {
  contactId: string | null
  to: string[]
  forward: Message | null
}

interface Props {
  begun: Begun
  onClose: () => void
  onSent: (conversation: Conversation) => void
}

/** A new mail, or one that is handed on. */
export default function NewMail({ begun, onClose, onSent }: Props) {
  const { t } = useTranslation()
  const senders = useSenders()
  const changed = useMessagesChanged()
  const { forward } = begun
  const [from, setFrom] = useState<string | null>(null)
  const [to, setTo] = useState(begun.to)
  const [subject, setSubject] = useState(forward ? `Fwd: ${forward.subject ?? ''}` : '')
  const [text, setText] = useState(
    forward
      ? `\n\n---------- ${forward.fromName ?? forward.fromAddress ?? ''}, ${fullTime(forward.at)} ----------\n${forward.text}`
      : ''
  )
  const [files, setFiles] = useState<MessageFile[]>([])
  const items = senders.data?.items ?? []
  const channelId = from ?? items[0]?.id ?? null
  const send = useMutation({
    mutationFn: () =>
      api<Conversation>('POST', '/api/conversations', {
        ...{ channelId, to, subject, text, contactId: begun.contactId },
        ...{ fileIds: files.map(({ id }) => id), forwardOf: forward?.id ?? null }
      }),
    async onSuccess(conversation) {
      await changed()
      onSent(conversation)
    }
  })
  const wrong = fieldErrors(send.error)
  const isNowhere = senders.isSuccess && items.length === 0
  return (
    <FormDialog
      title={t(forward ? 'talks.forwardTitle' : 'talks.newMail')}
      size="lg"
      error={send.error}
      isBusy={send.isPending}
      isDisabled={channelId === null || to.length === 0 || text.trim() === ''}
      saveLabel={t('talks.send')}
      onSubmit={() => send.mutate()}
      onClose={onClose}
      testId="new-mail"
      saveTestId="send-mail"
    >
      {isNowhere && <Text c="dimmed">{t('talks.noMailbox')}</Text>}
      {items.length > 1 && (
        <Select
          label={t('talks.from')}
          data={items.map(({ id, name, address }) => ({ value: id, label: `${name} <${address}>` }))}
          value={channelId}
          allowDeselect={false}
          onChange={setFrom}
        />
      )}
      <TagsInput
        label={t('talks.to')}
        placeholder={to.length === 0 ? 'name@example.com' : ''}
        value={to}
        error={Object.keys(wrong).some((path) => path.startsWith('to')) && t('talks.toWrong')}
        onChange={setTo}
        splitChars={[',', ';', ' ']}
        acceptValueOnBlur
        data-autofocus={to.length === 0 || undefined}
        data-testid="mail-to"
      />
      <TextInput
        label={t('talks.subject')}
        maxLength={500}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
        data-autofocus={to.length > 0 || undefined}
        data-testid="mail-subject"
      />
      <Textarea
        label={t('talks.text')}
        autosize
        minRows={6}
        maxRows={16}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="mail-text"
      />
      <Group gap={6}>
        <Files files={files} onChange={setFiles} />
        <TemplateChoice
          contactId={begun.contactId}
          onChoose={(filled) => {
            if (subject.trim() === '') setSubject(filled.subject)
            setText((now) => (now.trim() === '' ? filled.text : `${filled.text}\n${now}`))
          }}
        />
      </Group>
    </FormDialog>
  )
}
