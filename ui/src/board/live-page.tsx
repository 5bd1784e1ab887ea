import '../styles/menus.ts'
import '../styles/later.ts'
import { Badge, Text, Title } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { clock, exactTime, formatPhone, regionName, secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import { openCalls } from '../live/board.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import styles from './live.module.css'
import { Operators } from './operators.tsx'
import { Waiting } from './waiting.tsx'
import { WatchMenu } from './watch-menu.tsx'

const phaseColours: Record<LiveCall['phase'], string> = {
  arriving: 'gray',
  dialling: 'amber',
  inScheme: 'gray',
  ringing: 'amber',
  talking: 'pine',
  parked: 'amber',
  ended: 'gray'
}

/** The row's phase: a call whose operators ring is `ringing`, whatever block it stands in. */
function phaseOf(call: LiveCall): LiveCall['phase'] {
  return call.phase !== 'talking' && call.ringing.length > 0 ? 'ringing' : call.phase
}

/** Who has the client or is being rung, and whatever is special about it now. */
function useWho(call: LiveCall): { who: string; about: string } {
  const { t } = useTranslation()
  const { consult, parked, queue, held } = call
  const step = call.step ? (call.step.label ?? call.step.block) : null
  const people = call.members.length > 0 ? call.members : [...call.standby, ...call.ringing]
  const who = people.map((each) => each.name).join(', ') || call.operator?.name || ''
  const about = [
    parked && t('live.parkedBy', { slot: parked.slot, name: parked.by }),
    queue && t('block.queue'),
    held && t('live.held'),
    consult && `${t('transfer.button')} → ${consult.name ?? '…'}`,
    ...call.watchers.map((each) => `${each.name}: ${t(`watch.mode.${each.mode}`).toLowerCase()}`),
    who ? step : call.scheme?.name,
    call.pressed && `${t('call.pressed')}: ${call.pressed}`
  ]
  return { who: who || step || '', about: about.filter(Boolean).join(' · ') }
}

function CallRow({ call, now, canWatch }: { call: LiveCall; now: number; canWatch: boolean }) {
  const { t } = useTranslation()
  const phase = phaseOf(call)
  const number = formatPhone(call.caller.number) || t('call.hiddenNumber')
  const name = call.contact?.name ?? call.caller.name
  const { who, about } = useWho(call)
  const since =
    call.parked?.since ??
    call.queue?.since ??
    (phase === 'talking' && call.answeredAt ? call.answeredAt : call.startedAt)
  return (
    <article
      className={styles.call}
      data-phase={phase}
      data-testid="live-row"
      data-call={call.id}
      data-watch={canWatch}
    >
      <div className={styles.phase}>
        <Badge variant="light" color={phaseColours[phase]} radius="sm" tt="none" fw={600}>
          {t(`phase.${phase}`)}
        </Badge>
      </div>
      <div className={styles.cell} style={{ minWidth: 0 }}>
        <Text fw={600} className="cut">
          {name ?? <span className="num">{number}</span>}
        </Text>
        <Text c="dimmed" fz="sm" className="cut">
          {[name ? number : null, regionName(call.caller.region)].filter(Boolean).join(' · ')}
        </Text>
      </div>
      <div className={styles.cell} style={{ minWidth: 0 }}>
        <Text fw={560} className="cut">
          {call.source?.name ?? <span style={{ opacity: 0.6 }}>{t('call.noSource')}</span>}
        </Text>
        <Text c="dimmed" fz="sm" className="cut">
          {[call.source?.campaign, call.source?.keyword && `«${call.source.keyword}»`]
            .filter(Boolean)
            .join(' → ') || formatPhone(call.number?.e164)}
        </Text>
      </div>
      <div className={styles.cell} style={{ minWidth: 0 }}>
        <Text className="cut">{who}</Text>
        <Text c="dimmed" fz="sm" className="cut">
          {about}
        </Text>
      </div>
      <div className={`num ${styles.time}`}>{clock(secondsSince(since, now))}</div>
      {canWatch && (
        <div className={styles.watch}>
          <WatchMenu call={call} />
        </div>
      )}
    </article>
  )
}

/** Calls in progress and the operators, as they are this second. */
export default function LivePage() {
  const { t } = useTranslation()
  const board = useBoard()
  const now = useNow()
  const calls = openCalls(board)
  const isStale = board.connection === 'stale'
  const me = useMe()
  const canWatch = me.role === 'admin' || me.role === 'supervisor'
  return (
    <main className="page">
      <div className={styles.head}>
        <Title order={2}>{t('nav.live')}</Title>
        <Text c="dimmed" className="num">
          {t('live.count', { count: calls.length })}
        </Text>
        {isStale && board.staleSinceMs !== null && (
          <span className={styles.stale} role="status" data-testid="stale">
            <IconPlugConnectedX size={16} />
            {t('live.stale', { time: exactTime(new Date(board.staleSinceMs).toISOString()) })}
          </span>
        )}
      </div>
      <Waiting board={board} now={now} />
      <div className={`${styles.columns} ${isStale ? styles.isStale : ''}`}>
        <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('nav.live')}>
          {calls.length === 0 ? (
            <div className={styles.empty}>
              <Text fw={600}>{t(board.connection === 'connecting' ? 'live.connecting' : 'live.empty')}</Text>
              <Text c="dimmed">{t('live.emptyText')}</Text>
            </div>
          ) : (
            calls.map((call) => <CallRow key={call.id} call={call} now={now} canWatch={canWatch} />)
          )}
        </section>
        <Operators operators={Object.values(board.operators)} now={now} />
      </div>
    </main>
  )
}
