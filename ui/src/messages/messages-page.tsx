import '../styles/later.ts'
import { Button, CloseButton, Group, SegmentedControl, Skeleton, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBrandTelegram, IconMail, IconPencil, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { Conversation } from '../../../api/contract/messages.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, isToday, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useMe } from '../session/session.ts'
import styles from './messages.module.css'
import NewMail, { type Begun } from './new-mail.tsx'
import { useConversation, useConversations, type Shown } from './queries.ts'
import { Thread } from './thread.tsx'

const icons = { mail: IconMail, telegram: IconBrandTelegram }

function Row({ one, isOpen, onOpen }: { one: Conversation; isOpen: boolean; onOpen: () => void }) {
  const { t } = useTranslation()
  const Icon = icons[one.kind]
  return (
    <button
      type="button"
      className={styles.row}
      aria-current={isOpen}
      data-unread={one.unread > 0 || undefined}
      onClick={onOpen}
      data-testid="conversation-row"
    >
      <Icon size={16} className={styles.icon} />
      <span className={styles.who}>{one.contact?.name ?? one.peerName ?? one.peer}</span>
      <span className={styles.time}>{isToday(one.lastAt) ? timeOfDay(one.lastAt) : dayOf(one.lastAt)}</span>
      {one.kind === 'mail' && <span className={styles.about}>{one.subject ?? t('talks.noSubject')}</span>}
      <span className={styles.last}>
        {one.lastDirection === 'out' && `${t('talks.you')} `}
        {one.lastText}
      </span>
    </button>
  )
}

/** Conversations with clients by mail and bots: the list, and the one that is open. */
export default function MessagesPage() {
  const { t } = useTranslation()
  const me = useMe()
  const [search, setSearch] = useSearchParams()
  const [show, setShow] = useState<Shown>('all')
  const [typed, setTyped] = useState('')
  const [wanted] = useDebouncedValue(typed, 250)
  const contactId = search.get('contact')
  const to = search.get('to')
  const [begun, setBegun] = useState<Begun | null>(
    to === null ? null : { contactId, to: [to], forward: null }
  )
  const found = useConversations({ show, search: wanted, contactId })
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  const openId = search.get('open')
  const one = useConversation(openId)
  const open = (id: string | null): void =>
    setSearch({ ...(contactId !== null && { contact: contactId }), ...(id !== null && { open: id }) })
  const isNarrowed = wanted !== '' || show !== 'all' || contactId !== null
  return (
    <main className="page">
      <Group justify="space-between" mb="sm">
        <Title order={1} size="h2">
          {t('talks.title')}
        </Title>
        <Button
          leftSection={<IconPencil size={16} />}
          onClick={() => setBegun({ contactId, to: [], forward: null })}
          data-testid="write-mail"
        >
          {t('talks.newMail')}
        </Button>
      </Group>
      <div className={styles.page} data-open={openId !== null || undefined}>
        <section className={`sheet ${styles.list}`} aria-label={t('talks.title')}>
          <div className={styles.tools}>
            <TextInput
              size="sm"
              aria-label={t('talks.search')}
              placeholder={t('talks.search')}
              leftSection={<IconSearch size={15} />}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              data-testid="conversation-search"
            />
            {contactId === null ? (
              <SegmentedControl
                size="xs"
                fullWidth
                aria-label={t('talks.show')}
                data={(['all', 'unread', 'machines'] as const).map((value) => ({
                  value,
                  label: t(`talks.shown.${value}`)
                }))}
                value={show}
                onChange={setShow}
              />
            ) : (
              <Group gap={6} justify="space-between">
                <Text fz="sm">{items[0]?.contact?.name ?? t('talks.oneClient')}</Text>
                <CloseButton size="sm" aria-label={t('talks.allClients')} onClick={() => setSearch({})} />
              </Group>
            )}
          </div>
          <div className={styles.rows}>
            {found.isPending && <Skeleton height={180} m="sm" />}
            {found.isError && (
              <div className={styles.empty}>
                <Text>{explain(found.error)}</Text>
                <Button variant="default" onClick={() => inBackground(found.refetch())}>
                  {t('common.retry')}
                </Button>
              </div>
            )}
            {found.isSuccess && items.length === 0 && (
              <div className={styles.empty}>
                <Text fw={600}>{t(isNarrowed ? 'talks.nothing' : 'talks.empty')}</Text>
                {!isNarrowed && <Text c="dimmed">{t('talks.emptyText')}</Text>}
                {!isNarrowed && me.role === 'admin' && (
                  <Button component={Link} to="/settings/channels" variant="light" mt="sm">
                    {t('talks.setUp')}
                  </Button>
                )}
              </div>
            )}
            {items.map((each) => (
              <Row key={each.id} one={each} isOpen={each.id === openId} onOpen={() => open(each.id)} />
            ))}
            {found.hasNextPage && (
              <Button
                fullWidth
                variant="subtle"
                size="xs"
                loading={found.isFetchingNextPage}
                onClick={() => inBackground(found.fetchNextPage())}
              >
                {t('talks.more')}
              </Button>
            )}
          </div>
        </section>
        {one.data && openId !== null ? (
          <Thread
            key={openId}
            conversation={one.data}
            onBack={() => open(null)}
            onForward={(forward) => setBegun({ contactId: null, to: [], forward })}
          />
        ) : (
          <section className={`sheet ${styles.thread}`}>
            <div className={styles.empty}>
              <Text c="dimmed">{one.isError ? explain(one.error) : t('talks.choose')}</Text>
            </div>
          </section>
        )}
      </div>
      {begun && (
        <NewMail
          begun={begun}
          onClose={() => setBegun(null)}
          onSent={(conversation) => {
            setBegun(null)
            open(conversation.id)
          }}
        />
      )}
    </main>
  )
}
