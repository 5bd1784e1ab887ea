import { Button, Chip, Group, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ContactNote, TimelineItem, TimelineKind } from '../../../api/contract/contacts.ts'
import { withTexts } from '../i18n/index.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, isToday } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { Part } from '../lib/part.tsx'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { CloseDeal } from '../crm/close-deal.tsx'
import { useDealMoves } from '../crm/use-deal-moves.ts'
import { Refused, Waiting } from './found-states.tsx'
import styles from './contacts.module.css'
import { useTimeline } from './queries.ts'
import { TimelineLine } from './timeline-line.tsx'

const CallDrawer = lazy(withTexts(['calls', 'crm', 'journal'], () => import('../call/call-drawer.tsx')))
const DealDrawer = lazy(withTexts(['crm'], () => import('../crm/deal-drawer.tsx')))

/** What people narrow a timeline to; each stands for one or several kinds. */
const groups = {
  call: ['call', 'callback'],
  message: ['message'],
  site: ['visit', 'form'],
  deal: ['deal', 'inquiry'],
  task: ['task'],
  note: ['note'],
  other: ['consent', 'merge']
} as const satisfies Record<string, readonly TimelineKind[]>
type GroupName = keyof typeof groups
const groupNames = Object.keys(groups) as GroupName[]

/** A note is written where it will stand. */
function Composer({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const write = useMutation({
    mutationFn: () => api<ContactNote>('POST', `/api/contacts/${contactId}/notes`, { text }),
    onSuccess: async () => {
      setText('')
      await client.invalidateQueries({ queryKey: ['contacts', 'timeline'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const isEmpty = text.trim() === ''
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isEmpty) write.mutate()
      }}
    >
      <Textarea
        autosize
        minRows={1}
        maxRows={8}
        aria-label={t('contacts.note.new')}
        placeholder={t('contacts.note.new')}
        maxLength={5000}
        value={text}
        data-key="note"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isEmpty) write.mutate()
        }}
        data-testid="new-note"
      />
      <Button type="submit" size="sm" disabled={isEmpty} loading={write.isPending} data-testid="save-note">
        {t('contacts.note.write')}
      </Button>
    </form>
  )
}

/** Everything that happened with a client, by day, the newest first. */
export function Timeline({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const me = useMe()
  const [wanted, setWanted] = useState<GroupName[]>([])
  const [call, setCall] = useState<string | null>(null)
  const [deal, setDeal] = useState<string | null>(null)
  const moves = useDealMoves()
  const found = useTimeline(
    contactId,
    wanted.flatMap((name) => groups[name])
  )
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  const days = new Map<string, TimelineItem[]>()
  for (const item of items) {
    const day = dayjs(item.at).format('YYYY-MM-DD')
    days.set(day, [...(days.get(day) ?? []), item])
  }
  return (
    <section
      className={`sheet ${styles.timeline}`}
      aria-label={t('contacts.timeline.title')}
      data-testid="timeline"
    >
      {me.role !== 'marketer' && <Composer contactId={contactId} />}
      <Chip.Group multiple value={wanted} onChange={(next) => setWanted(next)}>
        <Group gap={6} role="group" aria-label={t('contacts.timeline.show')}>
          {groupNames
            .filter((name) => me.role !== 'marketer' || (name !== 'task' && name !== 'message'))
            .map((name) => (
              <Chip key={name} value={name} size="xs" variant="outline" data-testid={`show-${name}`}>
                {t(`contacts.timeline.group.${name}`)}
              </Chip>
            ))}
        </Group>
      </Chip.Group>
      {found.isPending && <Waiting rows={4} p={0} height={34} />}
      {found.isError && <Refused found={found} />}
      {found.isSuccess && items.length === 0 && (
        <div className={styles.empty}>
          <Text fw={600}>{t('contacts.timeline.empty')}</Text>
          <Text c="dimmed">
            {t(wanted.length > 0 ? 'contacts.timeline.emptyKinds' : 'contacts.timeline.emptyText')}
          </Text>
        </div>
      )}
      {[...days].map(([day, ofDay]) => (
        <section key={day} className={styles.day}>
          <h2 className={`eyebrow ${styles.dayName}`}>
            {isToday(ofDay[0]?.at ?? day) ? t('contacts.timeline.today') : dayOf(day)}
          </h2>
          {ofDay.map((item) => (
            <TimelineLine
              key={`${item.kind}/${item.id}`}
              {...{ item, contactId }}
              onCall={setCall}
              onDeal={setDeal}
            />
          ))}
        </section>
      ))}
      {found.hasNextPage && (
        <div className={styles.more}>
          <Button
            variant="subtle"
            size="xs"
            loading={found.isFetchingNextPage}
            onClick={() => inBackground(found.fetchNextPage())}
            data-testid="timeline-more"
          >
            {t('contacts.timeline.more')}
          </Button>
        </div>
      )}
      {call && (
        <Part>
          <CallDrawer callId={call} onClose={() => setCall(null)} />
        </Part>
      )}
      {deal && (
        <Part>
          <DealDrawer dealId={deal} moves={moves} onClose={() => setDeal(null)} />
        </Part>
      )}
      <CloseDeal moves={moves} />
    </section>
  )
}
