import { Text } from '@mantine/core'
import {
  IconFileText,
  IconHeadphones,
  IconMessage,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOutgoing
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Activity } from '../../../api/contract/crm.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { clock, dayOf, isToday, timeOfDay } from '../lib/format.ts'
import styles from './crm.module.css'

const whenOf = (at: string): string => (isToday(at) ? timeOfDay(at) : `${dayOf(at)}, ${timeOfDay(at)}`)

function CallLine({ item, onCall }: { item: Activity; onCall: (callId: string) => void }) {
  const { t } = useTranslation()
  const { call } = item
  if (!call) return null
  const Icon = call.direction === 'out' ? IconPhoneOutgoing : IconPhoneIncoming
  return (
    <button
      type="button"
      className={styles.event}
      onClick={() => onCall(call.id)}
      title={t('crm.events.openCall')}
      data-testid="activity-call"
    >
      <Icon size={17} stroke={1.8} aria-hidden />
      <span style={{ minWidth: 0 }}>
        <span className="cut" style={{ display: 'block' }}>
          {t(`crm.events.${call.direction}`)}
        </span>
        <span className={`cut ${styles.sub}`}>
          {[call.operatorName, call.talkSeconds ? clock(call.talkSeconds) : null]
            .filter(Boolean)
            .join(' · ') || ' '}
        </span>
      </span>
      <span className={styles.eventEnd}>
        {call.hasRecording && (
          <IconHeadphones size={16} aria-label={t('crm.events.recorded')} color="var(--rt-brand)" />
        )}
        <OutcomeBadge outcome={call.outcome} />
        <span className={`num ${styles.sub}`}>{whenOf(item.at)}</span>
      </span>
    </button>
  )
}

function PageLine({ item }: { item: Activity }) {
  const { t } = useTranslation()
  const { form, callback } = item
  const isMessage = item.subject === 'message'
  const what = isMessage
    ? t('crm.events.message')
    : form
      ? [t('crm.events.form'), form.name].filter(Boolean).join(': ')
      : callback?.at
        ? t('crm.events.callbackFor', { time: whenOf(callback.at) })
        : t('crm.events.callback')
  const Icon = isMessage ? IconMessage : item.subject === 'form' ? IconFileText : IconPhoneCall
  return (
    <div className={styles.event}>
      <Icon size={17} stroke={1.8} aria-hidden />
      <span style={{ minWidth: 0 }}>
        <span style={{ display: 'block' }}>{what}</span>
        {form?.message && <span className={styles.message}>{form.message}</span>}
      </span>
      <span className={styles.eventEnd}>
        <span className={`num ${styles.sub}`}>{whenOf(item.at)}</span>
      </span>
    </div>
  )
}

/** The calls, forms and callbacks of a client, the newest first; a press on a call opens it with its recording. */
export function Activities({ items, onCall }: { items: Activity[]; onCall: (callId: string) => void }) {
  const { t } = useTranslation()
  return (
    <section>
      <div className="eyebrow">{t('crm.events.title')}</div>
      {items.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t('crm.events.empty')}
        </Text>
      )}
      <div className={styles.events} data-testid="activities">
        {items.map((item) =>
          item.subject === 'call' ? (
            <CallLine key={item.subjectId} item={item} onCall={onCall} />
          ) : (
            <PageLine key={item.subjectId} item={item} />
          )
        )}
      </div>
    </section>
  )
}
