import { Badge, Text, Title } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveCall, OperatorState } from '../../../api/contract/live.ts'
import { presences } from '../lib/words.ts'
import { clock, exactTime, formatPhone, regionName, secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import { openCalls } from '../live/board.ts'
import { useBoard } from '../live/use-live.tsx'
import { presenceTone } from '../shell/presence-menu.tsx'
import shell from '../shell/shell.module.css'
import styles from './live.module.css'

const phaseColours: Record<LiveCall['phase'], string> = {
  arriving: 'gray',
  inScheme: 'gray',
  ringing: 'amber',
  talking: 'pine',
  ended: 'gray'
}

/** The row's phase: a call whose operators ring is `ringing`, whatever block it stands in. */
function phaseOf(call: LiveCall): LiveCall['phase'] {
  return call.phase !== 'talking' && call.ringing.length > 0 ? 'ringing' : call.phase
}

function CallRow({ call, now }: { call: LiveCall; now: number }) {
  const { t } = useTranslation()
  const phase = phaseOf(call)
  const number = formatPhone(call.caller.number) || t('call.hiddenNumber')
  const name = call.contact?.name ?? call.caller.name
  const who = call.operator?.name ?? call.ringing.map((each) => each.name).join(', ')
  const since = phase === 'talking' && call.answeredAt ? call.answeredAt : call.startedAt
  return (
    <article className={styles.call} data-phase={phase} data-testid="live-row" data-call={call.id}>
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
        <Text className="cut">{who || (call.step ? (call.step.label ?? call.step.block) : '')}</Text>
        <Text c="dimmed" fz="sm" className="cut">
          {[
            who && call.step ? (call.step.label ?? call.step.block) : call.scheme?.name,
            call.pressed && `${t('call.pressed')}: ${call.pressed}`
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      <div className={`num ${styles.time}`}>{clock(secondsSince(since, now))}</div>
    </article>
  )
}

function Operators({ operators, now }: { operators: OperatorState[]; now: number }) {
  const { t } = useTranslation()
  return (
    <aside
      className="sheet"
      style={{ overflow: 'hidden', paddingBottom: 8 }}
      aria-label={t('live.operators')}
    >
      {operators.length === 0 && (
        <Text c="dimmed" p="md">
          {t('live.noOperators')}
        </Text>
      )}
      {presences.map((presence) => {
        const here = operators
          .filter((each) => each.presence === presence)
          .sort((a, b) => a.name.localeCompare(b.name))
        if (here.length === 0) return null
        return (
          <div key={presence}>
            <div className={styles.groupName}>
              <span className="eyebrow">{t(`presence.${presence}`)}</span>
              <span className="eyebrow num">{here.length}</span>
            </div>
            {here.map((each) => (
              <div
                key={each.userId}
                className={styles.operator}
                data-testid="live-operator"
                data-presence={presence}
              >
                <i className={shell.dot} data-tone={presenceTone[presence]} />
                <Text className="cut">{each.name}</Text>
                <Text className="num" c="dimmed" fz="sm">
                  {presence === 'offline' ? '' : clock(secondsSince(each.since, now))}
                </Text>
                {!each.isReachable && presence !== 'offline' && (
                  <Text fz="xs" c="rust" style={{ gridColumn: 2 }}>
                    {t('live.unreachable')}
                  </Text>
                )}
              </div>
            ))}
          </div>
        )
      })}
    </aside>
  )
}

/** Calls in progress and the operators, as they are this second. */
export default function LivePage() {
  const { t } = useTranslation()
  const board = useBoard()
  const now = useNow()
  const calls = openCalls(board)
  const isStale = board.connection === 'stale'
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
      <div className={`${styles.columns} ${isStale ? styles.isStale : ''}`}>
        <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('nav.live')}>
          {calls.length === 0 ? (
            <div className={styles.empty}>
              <Text fw={600}>{t(board.connection === 'connecting' ? 'live.connecting' : 'live.empty')}</Text>
              <Text c="dimmed">{t('live.emptyText')}</Text>
            </div>
          ) : (
            calls.map((call) => <CallRow key={call.id} call={call} now={now} />)
          )}
        </section>
        <Operators operators={Object.values(board.operators)} now={now} />
      </div>
    </main>
  )
}
