import { ActionIcon, Button } from '@mantine/core'
import {
  IconArrowsJoin2,
  IconBriefcase,
  IconCheckbox,
  IconFileText,
  IconInbox,
  IconMail,
  IconMailForward,
  IconMessage,
  IconMessageForward,
  IconNote,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOutgoing,
  IconPlayerPlay,
  IconShieldCheck,
  IconWorld
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { TimelineItem, TimelineKind } from '../../../api/contract/contacts.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { useCall } from '../call/queries.ts'
import { Recording } from '../call/recording.tsx'
import { money } from '../crm/money.ts'
import { StageBadge } from '../crm/stage-badge.tsx'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock, formatPhone, fullTime, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import styles from './contacts.module.css'
import { NoteLine } from './note-line.tsx'
import { useContactsChanged } from './queries.ts'

const icons: Record<TimelineKind, typeof IconNote> = {
  call: IconPhoneIncoming,
  visit: IconWorld,
  form: IconFileText,
  callback: IconPhoneCall,
  message: IconMessage,
  inquiry: IconInbox,
  deal: IconBriefcase,
  task: IconCheckbox,
  note: IconNote,
  consent: IconShieldCheck,
  merge: IconArrowsJoin2
}

function iconOf({ kind, call, message }: TimelineItem): typeof IconNote {
  const isOut = (call ?? message)?.direction === 'out'
  if (call) return isOut ? IconPhoneOutgoing : IconPhoneIncoming
  if (message?.channelKind === 'mail') return isOut ? IconMailForward : IconMail
  return message && isOut ? IconMessageForward : icons[kind]
}

interface LineProps {
  item: TimelineItem
  title: ReactNode
  sub?: ReactNode
  end?: ReactNode
  below?: ReactNode
  tone?: 'lost'
}

function Line({ item, title, sub, end, below, tone }: LineProps) {
  const Icon = iconOf(item)
  return (
    <div className={styles.event} data-testid={`event-${item.kind}`}>
      <span className={styles.eventIcon} data-tone={tone}>
        <Icon size={16} stroke={1.8} aria-hidden />
      </span>
      <div className={styles.eventText}>
        <div>{title}</div>
        {sub && <div className={styles.sub}>{sub}</div>}
        {below}
      </div>
      <div className={styles.eventEnd}>
        {end}
        <time className={`num ${styles.sub}`} dateTime={item.at} title={fullTime(item.at)}>
          {timeOfDay(item.at)}
        </time>
      </div>
    </div>
  )
}

/** A recording, fetched when it is asked for. */
function Heard({ callId }: { callId: string }) {
  const call = useCall(callId)
  return call.data ? <Recording call={call.data} autoPlay /> : null
}

function CallLine({ item, onCall }: { item: TimelineItem; onCall: (id: string) => void }) {
  const { t } = useTranslation()
  const [isHeard, setHeard] = useState(false)
  const { call } = item
  if (!call) return null
  const isLost = call.direction === 'in' && call.outcome !== 'answered'
  return (
    <Line
      item={item}
      {...(isLost && { tone: 'lost' })}
      title={
        <button
          type="button"
          className={styles.open}
          onClick={() => onCall(call.id)}
          title={t('crm.events.openCall')}
        >
          {t(`crm.events.${call.direction}`)}
        </button>
      }
      sub={[call.operatorName, call.sourceName, call.talkSeconds ? clock(call.talkSeconds) : null, call.note]
        .filter(Boolean)
        .join(' · ')}
      below={isHeard && <Heard callId={call.id} />}
      end={
        <>
          {call.hasRecording && (
            <ActionIcon
              variant={isHeard ? 'filled' : 'default'}
              size={26}
              aria-label={t('contacts.timeline.listen')}
              aria-expanded={isHeard}
              onClick={() => setHeard(!isHeard)}
              data-testid="timeline-listen"
            >
              <IconPlayerPlay size={14} />
            </ActionIcon>
          )}
          <OutcomeBadge outcome={call.outcome} />
        </>
      }
    />
  )
}

/** A mail or a message; what it leads to is its conversation. */
function MessageLine({ item, contactId }: { item: TimelineItem; contactId: string }) {
  const { t } = useTranslation()
  const { message } = item
  if (!message) return null
  const { direction, state, subject, text } = message
  const isLost = state === 'failed' || state === 'bounced'
  const isWaiting = state === 'queued' || state === 'sending'
  const what = t(`contacts.timeline.${message.channelKind === 'mail' ? 'mail' : 'message'}.${direction}`)
  return (
    <Line
      item={item}
      {...(isLost && { tone: 'lost' })}
      title={
        <Link
          to={`/messages?contact=${contactId}&open=${message.conversationId}`}
          className={styles.open}
          title={t('contacts.timeline.openTalk')}
          data-testid="timeline-message"
        >
          {subject ? `${what}: ${subject}` : what}
        </Link>
      }
      sub={[
        message.author?.name,
        message.files > 0 ? t('contacts.timeline.files', { count: message.files }) : null
      ]
        .filter(Boolean)
        .join(' · ')}
      below={text.trim() !== '' && <div className={styles.said}>{text.trim()}</div>}
      end={
        (isLost || isWaiting) && (
          <span className={styles.sub}>{t(`contacts.timeline.${isLost ? 'notSent' : 'waits'}`)}</span>
        )
      }
    />
  )
}

function MergeLine({ item }: { item: TimelineItem }) {
  const { t } = useTranslation()
  const me = useMe()
  const changed = useContactsChanged()
  const { merge } = item
  const undo = useMutation({
    mutationFn: () => api('POST', `/api/contact-merges/${item.id}/undo`),
    onSuccess: async () => {
      toast('pine', t('contacts.merge.undone'))
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  if (!merge) return null
  const name = merge.name.startsWith('+') ? formatPhone(merge.name) : merge.name
  return (
    <Line
      item={item}
      title={t('contacts.merge.event', { name })}
      sub={merge.by?.name}
      end={
        merge.canUndo &&
        me.role !== 'marketer' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate()}
            data-testid="undo-merge"
          >
            {t('contacts.merge.undo')}
          </Button>
        )
      }
    />
  )
}

const pathOf = (url: string): string => {
  try {
    const { host, pathname } = new URL(url)
    return `${host}${pathname === '/' ? '' : pathname}`
  } catch {
    return url
  }
}

interface Props {
  item: TimelineItem
  contactId: string
  onCall: (callId: string) => void
  onDeal: (dealId: string) => void
}

/** One thing that happened with a client. */
export function TimelineLine({ item, contactId, onCall, onDeal }: Props) {
  const { t } = useTranslation()
  const { visit, form, callback, inquiry, deal, task, consent } = item
  if (item.call) return <CallLine item={item} onCall={onCall} />
  if (item.note) return <NoteLine note={item.note} at={item.at} />
  if (item.message) return <MessageLine item={item} contactId={contactId} />
  if (item.merge) return <MergeLine item={item} />
  if (visit)
    return (
      <Line
        item={item}
        title={t('contacts.timeline.visit', { page: pathOf(visit.landingUrl) })}
        sub={[visit.source, visit.medium, visit.campaign, visit.keyword].filter(Boolean).join(' · ')}
        end={<span className={styles.sub}>{t('contacts.timeline.pages', { count: visit.pageCount })}</span>}
      />
    )
  if (form)
    return (
      <Line
        item={item}
        title={[t('crm.events.form'), form.name].filter(Boolean).join(': ')}
        below={form.message && <div className={styles.words}>{form.message}</div>}
      />
    )
  if (callback) return <Line item={item} title={t('crm.events.callback')} />
  if (inquiry)
    return (
      <Line
        item={item}
        title={t('contacts.timeline.inquiry', { title: inquiry.title })}
        sub={t(`crm.state.${inquiry.state}`)}
      />
    )
  if (deal)
    return (
      <Line
        item={item}
        title={
          <button
            type="button"
            className={styles.open}
            onClick={() => onDeal(deal.id)}
            data-testid="timeline-deal"
          >
            {t(deal.isNew ? 'contacts.timeline.newDeal' : 'contacts.timeline.deal', { title: deal.title })}
          </button>
        }
        sub={[deal.amount > 0 ? money(deal.amount, deal.currency) : null, deal.by?.name]
          .filter(Boolean)
          .join(' · ')}
        end={<StageBadge stage={{ name: deal.stage, kind: deal.stageKind }} />}
      />
    )
  if (task)
    return (
      <Line
        item={item}
        title={task.title.startsWith('+') ? formatPhone(task.title) : task.title}
        sub={[
          t(
            `contacts.timeline.task.${task.state === 'open' ? 'open' : task.state === 'done' ? 'done' : 'cancelled'}`
          ),
          task.assignee?.name
        ]
          .filter(Boolean)
          .join(' · ')}
      />
    )
  if (consent)
    return (
      <Line
        item={item}
        title={`${t(`contacts.consent.kind.${consent.kind}`)}: ${t(consent.isGiven ? 'contacts.consent.given' : 'contacts.consent.withdrawn')}`}
        sub={[consent.origin, consent.createdBy?.name].filter(Boolean).join(' · ')}
      />
    )
  return null
}
