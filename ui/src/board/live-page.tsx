import '../styles/menus.ts'
import '../styles/later.ts'
import { ActionIcon, Badge, Button, Text, Title, Tooltip } from '@mantine/core'
import { IconArrowBarToUp, IconDeviceTv, IconPlugConnectedX } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import type { LiveCall } from '../../../api/contract/live.ts'
import { clock, exactTime, formatPhone, regionName, secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import { openCalls } from '../live/board.ts'
import { useBoard } from '../live/use-live.tsx'
import { useWish } from '../operator/wishes.ts'
import { useMe } from '../session/session.ts'
import styles from './live.module.css'
import { Operators } from './operators.tsx'
import { BySource, Today } from './today.tsx'
import { levelTone, usualLimits } from './tones.ts'
import { useAlarm, useWall } from './use-wall.ts'
import { useFigures, Waiting } from './waiting.tsx'
import { WatchMenu } from './watch-menu.tsx'

const WallDialog = lazy(withTexts(['wall'], () => import('./wall-dialog.tsx')))

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

/** The highest priority there is. */
const mostPriority = 100

/** By which priority a waiting call would come first in its queue; null for those who do, or do not wait. */
function frontPriority(calls: readonly LiveCall[]): (call: LiveCall) => number | null {
  return ({ id, queue }) => {
    if (!queue) return null
    const others = calls.flatMap((each) =>
      each.queue?.id === queue.id && each.id !== id ? [each.queue] : []
    )
    const top = Math.max(-1, ...others.map(({ priority }) => priority))
    const isFirst = others.every(
      (other) =>
        other.priority < queue.priority || (other.priority === queue.priority && other.since > queue.since)
    )
    return isFirst ? null : Math.min(mostPriority, top + 1)
  }
}

/** Brings a waiting caller before all others of the queue. */
function ToFront({ call, priority }: { call: LiveCall; priority: number }) {
  const { t } = useTranslation()
  const wish = useWish(call.id)
  return (
    <Tooltip label={t('wall.toFront')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('wall.toFront')}
        loading={wish.isPending}
        onClick={() => wish.mutate({ path: 'prioritise', body: { priority } })}
        data-testid="to-front"
      >
        <IconArrowBarToUp size={17} />
      </ActionIcon>
    </Tooltip>
  )
}

function CallRow(props: { call: LiveCall; now: number; canWatch: boolean; front: number | null }) {
  const { call, now, canWatch, front } = props
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
          {front !== null && <ToFront call={call} priority={front} />}
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
  const wall = useWall()
  const limits = wall.data?.settings ?? usualLimits
  const [areSettingsOpen, setSettingsOpen] = useState(false)
  const isRed =
    useFigures(board, now, limits).some(({ tone }) => tone === 'bad') ||
    (wall.data !== undefined && levelTone(wall.data.figures.serviceLevel, limits) === 'bad')
  useAlarm(isRed, limits.hasSound && canWatch)
  const front = frontPriority(calls)
  return (
    <main className="page">
      <div className={styles.head}>
        <Title order={1} size="h2">
          {t('nav.live')}
        </Title>
        <Text c="dimmed" className="num">
          {t('live.count', { count: calls.length })}
        </Text>
        {isStale && board.staleSinceMs !== null && (
          <span className={styles.stale} role="status" data-testid="stale">
            <IconPlugConnectedX size={16} />
            {t('live.stale', { time: exactTime(new Date(board.staleSinceMs).toISOString()) })}
          </span>
        )}
        {canWatch && (
          <Button
            size="xs"
            variant="default"
            ml="auto"
            leftSection={<IconDeviceTv size={15} />}
            onClick={() => setSettingsOpen(true)}
            data-testid="open-wall"
          >
            {t('wall.settings')}
          </Button>
        )}
      </div>
      <Waiting board={board} now={now} limits={limits} />
      {wall.data && <Today wall={wall.data} now={now} />}
      <div className={`${styles.columns} ${isStale ? styles.isStale : ''}`}>
        <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('nav.live')}>
          {calls.length === 0 ? (
            <div className={styles.empty}>
              <Text fw={600}>{t(board.connection === 'connecting' ? 'live.connecting' : 'live.empty')}</Text>
              <Text c="dimmed">{t('live.emptyText')}</Text>
            </div>
          ) : (
            calls.map((call) => (
              <CallRow key={call.id} call={call} now={now} canWatch={canWatch} front={front(call)} />
            ))
          )}
        </section>
        <div className={styles.aside}>
          <Operators operators={Object.values(board.operators)} now={now} />
          {wall.data && <BySource wall={wall.data} />}
        </div>
      </div>
      {areSettingsOpen && wall.data && (
        <Suspense>
          <WallDialog settings={wall.data.settings} onClose={() => setSettingsOpen(false)} />
        </Suspense>
      )}
    </main>
  )
}
