import { Badge, Button, Text } from '@mantine/core'
import { IconPaperclip } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message, MessageFile } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import styles from './messages.module.css'
import { useMessagesChanged } from './queries.ts'
import { troubleText } from './trouble.ts'

const shownImages = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

function File({ file }: { file: MessageFile }) {
  const { t } = useTranslation()
  if (!file.isKept)
    return (
      <span className={styles.file}>
        <IconPaperclip size={14} />
        {file.name} · {t('talks.tooLarge')}
      </span>
    )
  const url = `/api/message-files/${file.id}`
  if (shownImages.has(file.contentType))
    return (
      <a href={url} download>
        <img className={styles.picture} src={`${url}?show=1`} alt={file.name} />
      </a>
    )
  return (
    <a className={styles.file} href={url} download>
      <IconPaperclip size={14} />
      {file.name} · {sizeOf(file.bytes)}
    </a>
  )
}

/** A letter's own page, in a frame in which nothing runs. */
function Letter({ message }: { message: Message }) {
  const { t } = useTranslation()
  const [areImagesShown, showImages] = useState(false)
  const [height, setHeight] = useState(120)
  return (
    <>
      {message.hasRemoteImages && !areImagesShown && (
        <Button
          size="compact-xs"
          variant="subtle"
          mb={6}
          onClick={() => showImages(true)}
          data-testid="show-images"
        >
          {t('talks.showImages')}
        </Button>
      )}
      <iframe
        key={String(areImagesShown)}
        className={styles.letter}
        title={message.subject ?? t('talks.letter')}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        src={`/api/messages/${message.id}/html?images=${areImagesShown ? 1 : 0}`}
        style={{ height }}
        onLoad={(event) => {
          const page = event.currentTarget.contentDocument?.documentElement
          if (page) setHeight(Math.min(Math.max(page.scrollHeight, 60), 1600))
        }}
      />
    </>
  )
}

interface Props {
  message: Message
  isMail: boolean
  onForward: (message: Message) => void
}

/** One message, with what became of it. */
export function MessageItem({ message, isMail, onForward }: Props) {
  const { t } = useTranslation()
  const changed = useMessagesChanged()
  const again = useMutation({
    mutationFn: () => api<Message>('POST', `/api/messages/${message.id}/retry`),
    onSuccess: changed,
    onError: (error) => toast('rust', explain(error))
  })
  const { direction, state } = message
  const isLost = state === 'failed' || state === 'bounced'
  const who =
    direction === 'out'
      ? (message.author?.name ?? t('talks.automatic'))
      : (message.fromName ?? message.fromAddress)
  return (
    <article
      className={styles.message}
      data-direction={direction}
      data-wide={message.hasHtml || undefined}
      data-testid="message"
    >
      <div className={styles.meta}>
        <Text span fz="xs" fw={620}>
          {who}
        </Text>
        <Text span fz="xs" c="dimmed">
          {fullTime(message.at)}
        </Text>
        {message.isAuto && (
          <Badge size="xs" variant="light" color="gray" tt="none">
            {t('talks.auto')}
          </Badge>
        )}
        {direction === 'out' && state !== 'sent' && (
          <Badge
            size="xs"
            variant="light"
            color={isLost ? 'rust' : 'amber'}
            tt="none"
            data-testid="message-state"
          >
            {t(`talks.state.${state}`)}
          </Badge>
        )}
        {isMail && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onForward(message)}>
            {t('talks.forward')}
          </Button>
        )}
      </div>
      {isMail && direction === 'out' && (
        <Text fz="xs" c="dimmed">
          {[...message.toAddresses, ...message.ccAddresses].join(', ')}
        </Text>
      )}
      {message.hasHtml ? <Letter message={message} /> : <div className={styles.text}>{message.text}</div>}
      {message.files.length > 0 && (
        <div className={styles.files}>
          {message.files.map((file) => (
            <File key={file.id} file={file} />
          ))}
        </div>
      )}
      {message.trouble !== null && (
        <Text fz="sm" mt={6} c={isLost ? 'var(--mantine-color-rust-text)' : 'dimmed'}>
          {troubleText(message.trouble, message.troubleDetail)}
        </Text>
      )}
      {isLost && (
        <Button
          mt={6}
          size="compact-sm"
          variant="light"
          loading={again.isPending}
          onClick={() => again.mutate()}
          data-testid="message-retry"
        >
          {t('talks.retry')}
        </Button>
      )}
    </article>
  )
}
