import { Text } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconPhone } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { MissedClient } from '../../../api/contract/desk.ts'
import { clock, dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { openCalls } from '../live/board.ts'
import { useBoard } from '../live/use-live.tsx'
import { CallNumber } from './click-to-call.tsx'
import { ListStates } from './list-states.tsx'
import { useMissed } from './my-lists.ts'
import styles from './my-work.module.css'

/** The hour of today, the day of anything before. */
const momentOf = (at: string): string => (isToday(at) ? timeOfDay(at) : `${dayOf(at)}, ${timeOfDay(at)}`)

/** Whether somebody has called back: who and when, or who is just doing it. */
function ReturnState({ client }: { client: MissedClient }) {
  const { t } = useTranslation()
  const board = useBoard()
  const { returned, phone, tries } = client
  const talk = openCalls(board).find(
    (call) => phone !== null && call.caller.number === phone && call.operator
  )
  if (!returned && talk?.operator) {
    return (
      <span className={styles.state} data-returned="now">
        <IconPhone size={14} />
        <span className="cut">{t('own.missed.now', { name: talk.operator.name })}</span>
      </span>
    )
  }
  if (!returned) {
    return (
      <span className={styles.state} data-returned="false" data-testid="return-state">
        <IconArrowBackUp size={14} />
        <span className="cut">
          {tries > 0 ? t('own.missed.tries', { count: tries }) : t('own.missed.waiting')}
        </span>
      </span>
    )
  }
  const values = { name: returned.operator?.name || t('own.missed.somebody'), at: momentOf(returned.at) }
  return (
    <span className={styles.state} data-returned="true" data-testid="return-state">
      <IconCheck size={14} />
      <span className="cut">
        {t(returned.direction === 'in' ? 'own.missed.again' : 'own.missed.back', values)}
      </span>
    </span>
  )
}

function Missed({ client, onOpen }: { client: MissedClient; onOpen: (callId: string) => void }) {
  const { t } = useTranslation()
  const number = formatPhone(client.phone) || t('call.hiddenNumber')
  const about = [
    client.name ? number : null,
    client.calls > 1 ? t('own.missed.calls', { count: client.calls }) : null,
    client.waitSeconds === null ? null : `${t('call.waiting').toLowerCase()} ${clock(client.waitSeconds)}`,
    client.sourceName,
    client.ring === null ? t('own.missed.ownClient') : null
  ]
  return (
    <li className={styles.item} data-testid="missed-client" data-returned={client.returned !== null}>
      <button type="button" className={styles.open} onClick={() => onOpen(client.callId)}>
        <Text fw={560} className="cut" component="span">
          {client.name ?? <span className="num">{number}</span>}
        </Text>
        <Text c="dimmed" fz="sm" className="num" component="span">
          {momentOf(client.at)}
        </Text>
        <Text c="dimmed" fz="sm" className={`cut ${styles.whole}`} component="span">
          {about.filter(Boolean).join(' · ')}
        </Text>
        <ReturnState client={client} />
      </button>
      <CallNumber
        number={client.phone}
        name={client.name}
        contactId={client.contactId}
        isLoud={client.returned === null}
      />
    </li>
  )
}

/** Clients whom this operator missed: those who wait for a call back first. */
export function MyMissed({ onOpen }: { onOpen: (callId: string) => void }) {
  const { t } = useTranslation()
  const missed = useMissed()
  const items = missed.data?.items ?? []
  return (
    <ListStates
      isPending={missed.isPending}
      error={missed.data ? null : missed.error}
      onRetry={() => inBackground(missed.refetch())}
      empty={items.length === 0 ? { title: t('own.missed.empty'), text: t('own.missed.emptyText') } : null}
    >
      <ul className={styles.list}>
        {items.map((client) => (
          <Missed key={client.callId} client={client} onOpen={onOpen} />
        ))}
      </ul>
      <Link className={styles.foot ?? ''} to="/journal?isMissed=true&isReturned=false">
        {t('own.missed.all')}
      </Link>
    </ListStates>
  )
}
