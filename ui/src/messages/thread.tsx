import { ActionIcon, Badge, Button, Group, Skeleton, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Conversation, Message } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { Composer } from './composer.tsx'
import { MessageItem } from './message-item.tsx'
import styles from './messages.module.css'
import { useMessages, useMessagesChanged } from './queries.ts'

interface Props {
  conversation: Conversation
  onBack: () => void
  onForward: (message: Message) => void
}

/** All that was said with a client in one place, the newest at the bottom. */
export function Thread({ conversation, onBack, onForward }: Props) {
  const { t } = useTranslation()
  const { id, unread, contact, channel } = conversation
  const found = useMessages(id)
  const changed = useMessagesChanged()
  // Whoever sees it has read it; in a tab behind others nobody does.
  useEffect(() => {
    if (unread === 0 || document.visibilityState !== 'visible') return
    inBackground(api('POST', `/api/conversations/${id}/read`).then(changed))
    // `changed` is another function each time and does the same.
  }, [id, unread])
  const isMail = conversation.kind === 'mail'
  const messages = found.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <section className={`sheet ${styles.thread}`} aria-label={t('talks.conversation')} data-testid="thread">
      <header className={styles.head}>
        <ActionIcon
          className={styles.back ?? ''}
          variant="subtle"
          color="gray"
          aria-label={t('talks.back')}
          onClick={onBack}
        >
          <IconArrowLeft size={18} />
        </ActionIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text fw={640} truncate>
            {isMail
              ? (conversation.subject ?? t('talks.noSubject'))
              : (contact?.name ?? conversation.peerName ?? conversation.peer)}
          </Text>
          <Text fz="sm" c="dimmed" truncate>
            {[isMail ? conversation.peer : null, channel?.name].filter(Boolean).join(' · ')}
          </Text>
        </div>
        <Group gap={8}>
          {conversation.isBlocked && (
            <Badge color="rust" variant="light" tt="none">
              {t('talks.blockedShort')}
            </Badge>
          )}
          {contact && (
            <Button component={Link} to={`/contacts/${contact.id}`} size="compact-sm" variant="light">
              {contact.name}
            </Button>
          )}
          {conversation.inquiryId !== null && (
            <Button
              component={Link}
              to={`/inquiries?inquiry=${conversation.inquiryId}`}
              size="compact-sm"
              variant="subtle"
            >
              {t('talks.inquiry')}
            </Button>
          )}
        </Group>
      </header>
      <div className={styles.said} role="log" aria-label={t('talks.conversation')} tabIndex={0}>
        {found.isPending && <Skeleton height={80} radius="lg" />}
        {found.isError && (
          <div>
            <Text>{explain(found.error)}</Text>
            <Button variant="default" size="xs" onClick={() => inBackground(found.refetch())}>
              {t('common.retry')}
            </Button>
          </div>
        )}
        {messages.map((message) => (
          <MessageItem key={message.id} message={message} isMail={isMail} onForward={onForward} />
        ))}
        {found.hasNextPage && (
          <Button
            variant="subtle"
            size="xs"
            style={{ alignSelf: 'center' }}
            loading={found.isFetchingNextPage}
            onClick={() => inBackground(found.fetchNextPage())}
          >
            {t('talks.earlier')}
          </Button>
        )}
      </div>
      <Composer key={id} conversation={conversation} />
    </section>
  )
}
