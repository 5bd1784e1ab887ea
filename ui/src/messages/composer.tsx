import { Button, Group, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation, Message, MessageFile } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { Files } from './files.tsx'
import styles from './messages.module.css'
import { useMessagesChanged } from './queries.ts'
import { TemplateChoice } from './template-choice.tsx'

/** An answer, written below the conversation. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const changed = useMessagesChanged()
  const [text, setText] = useState('')
  const [files, setFiles] = useState<MessageFile[]>([])
  const send = useMutation({
    mutationFn: () =>
      api<Message>('POST', `/api/conversations/${conversation.id}/messages`, {
        text,
        fileIds: files.map(({ id }) => id)
      }),
    onSuccess: async () => {
      setText('')
      setFiles([])
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  const { channel } = conversation
  const closed =
    channel === null
      ? 'talks.channelGone'
      : !channel.isActive
        ? 'talks.channelOff'
        : conversation.isBlocked
          ? 'talks.blocked'
          : null
  if (closed !== null)
    return (
      <div className={styles.composer}>
        <Text c="dimmed" fz="sm">
          {t(closed)}
        </Text>
      </div>
    )
  const isEmpty = text.trim() === '' && files.length === 0
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isEmpty) send.mutate()
      }}
    >
      <Textarea
        autosize
        minRows={2}
        maxRows={12}
        maxLength={100_000}
        aria-label={t('talks.write')}
        placeholder={t('talks.write')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isEmpty) send.mutate()
        }}
        data-testid="composer"
      />
      <Group justify="space-between">
        <Group gap={6}>
          <Files files={files} onChange={setFiles} />
          <TemplateChoice
            conversationId={conversation.id}
            onChoose={(filled) =>
              setText((now) => (now.trim() === '' ? filled.text : `${now}\n${filled.text}`))
            }
          />
        </Group>
        <Group gap="sm">
          <Text fz="xs" c="dimmed" visibleFrom="sm">
            {t('talks.sendKey')}
          </Text>
          <Button type="submit" disabled={isEmpty} loading={send.isPending} data-testid="send-message">
            {t('talks.send')}
          </Button>
        </Group>
      </Group>
    </form>
  )
}
