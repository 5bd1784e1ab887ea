import { Alert, Group, Text } from '@mantine/core'
import { IconStarFilled } from '@tabler/icons-react'
import { lazy, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Part } from '../lib/part.tsx'
import type { LiveCall } from '../../../api/contract/live.ts'
import { Mark } from '../brand/mark.tsx'
import { withTexts } from '../i18n/index.ts'
import { clock, formatPhone, secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import { legOf } from '../live/part.ts'
import { useLiveClient } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import type { PhoneCall } from '../softphone/state.ts'
import type { CurrentCall } from '../softphone/use-current-call.ts'
import styles from './call-card.module.css'
import { CallerName, CallFacts, CallSource } from './call-facts.tsx'
import { CallNews, Company, Handover } from './call-notices.tsx'
import { ConsultBar } from './consult-bar.tsx'
import { ClientChips, ClientNote } from './client-facts.tsx'
import { LineQuality } from './line-quality.tsx'
import { Ringing } from './ringing.tsx'
import { prepareTalk, Talking } from './talking.tsx'

const CallerButtons = lazy(withTexts(['caller-lists'], () => import('../lists/caller-buttons.tsx')))
const Watching = lazy(() => import('./watching.tsx'))

/** Since when the shown time runs: the talk in a talk, the hold while the client hears music, else the waiting. */
function startOf({ phase, phoneCall, live, part }: CurrentCall, userId: string): number | null {
  if (phase !== 'talking') return live ? Date.parse(live.startedAt) : (phoneCall?.sinceMs ?? null)
  const own = live?.members.find((each) => each.userId === userId)
  if (own) return Date.parse(own.since)
  if (part === 'owner' && live?.answeredAt) return Date.parse(live.answeredAt)
  return phoneCall?.answeredMs ?? (live ? Date.parse(live.startedAt) : null)
}

function Timer({ current }: { current: CurrentCall }) {
  const now = useNow()
  const me = useMe()
  const startMs = startOf(current, me.id)
  return (
    <span className={`num ${styles.timer}`} role="timer">
      {clock(startMs === null ? 0 : secondsSince(new Date(startMs).toISOString(), now))}
    </span>
  )
}

/** Whether this talk is being recorded: a promise to the client may hang on it. */
function RecordingDot({ live }: { live: LiveCall }) {
  const { t } = useTranslation()
  if (live.recording === 'off') return null
  const isPaused = live.recording === 'paused'
  return (
    <span className={styles.recording} data-paused={isPaused} data-testid="recording-dot">
      {t(isPaused ? 'talk.recordingPaused' : 'call.recording')}
    </span>
  )
}

/** What is going on, in two or three words. */
function useHeadline({ phase, part, live, phoneCall }: CurrentCall): string {
  const { t } = useTranslation()
  const me = useMe()
  const { isBrowserPhone } = useSoftphone()
  const purpose = live && legOf(live, me.id)?.purpose
  const isOwnOrder = purpose === 'order'
  const isTest = live?.callType === 'test'
  if (phase === 'answering') return t('call.answering')
  if (phase === 'ringing') {
    if (isOwnOrder) return t('dial.yours')
    if (purpose === 'consult') return t('transfer.question')
    if (purpose === 'return') return t('transfer.returns')
    return t(isTest ? 'dial.testRings' : 'call.incoming')
  }
  if (isTest && isOwnOrder) return t('dial.tests')
  if (part === 'ordering')
    return t(live?.ringing.some((leg) => leg.kind === 'client') ? 'dial.rings' : 'dial.dials')
  if (part === 'watching') return t('watch.title')
  if (part === 'consulted') return t('transfer.question')
  if (part === null && live && phoneCall === null && isBrowserPhone) return t('call.talking')
  if (live?.held) return t('talk.held')
  return t('call.talking')
}

/** What the operator should know of the sound, and what to do about it. */
function LineTrouble({ call }: { call: PhoneCall }) {
  const { t } = useTranslation()
  if (call.isPathLost)
    return (
      <Alert color="amber" data-testid="path-lost" p="xs">
        {t('shift.quality.pathLost')}
      </Alert>
    )
  const grave = call.quality?.problems.find((one) => one === 'silentMicrophone' || one === 'noSound')
  if (!grave) return null
  return (
    <Alert color="rust" data-testid="line-trouble" p="xs">
      {t(`shift.quality.problem.${grave}`)}
    </Alert>
  )
}

/** Lists that the client is on: a VIP is seen at once. And what puts them on one. */
function Lists({ live }: { live: LiveCall }) {
  const { lists = [], caller, direction } = live
  const shown = lists.filter(({ kind }) => kind !== 'spam')
  const mayList = direction === 'in' && caller.number !== null
  if (shown.length === 0 && !mayList) return null
  return (
    <div className={styles.company} data-testid="lists">
      {shown.map(({ id, name, kind }) => (
        <span key={id} className={styles.chip} data-tone={kind === 'vip' ? 'vip' : undefined}>
          {kind === 'vip' && <IconStarFilled size={14} aria-hidden />}
          {kind === 'vip' ? 'VIP' : name}
        </span>
      ))}
      {mayList && caller.number !== null && (
        <Part>
          <CallerButtons number={caller.number} callId={live.id} />
        </Part>
      )}
    </div>
  )
}

/** The call that rings at this operator or in which they are: everything known of it, and what can be done. */
export function CallCard({ current, isDocked = false }: { current: CurrentCall; isDocked?: boolean }) {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const headline = useHeadline(current)
  const { phase, live, phoneCall, part } = current
  const known = useLiveClient(live)
  const isTalking = phase === 'talking'
  // On the desk the client's own card stands beside the talk, where these can be changed.
  const isBeside = isTalking && !isDocked
  const client = known && isBeside ? { ...known, owner: null, note: null, deal: null } : known
  const isLost = isTalking && phoneCall !== null && softphone.registration !== 'registered'
  const micProblem =
    softphone.microphone !== 'ready' && softphone.microphone !== 'unknown' ? softphone.microphone : null
  const clientName =
    live?.contact?.name ??
    client?.contact?.name ??
    live?.caller.name ??
    (formatPhone(live?.caller.number) || t('call.hiddenNumber'))
  useEffect(() => {
    if (isTalking && part === 'owner') prepareTalk()
  }, [isTalking, part])
  return (
    <section
      className={`sheet ${styles.card} ${isDocked ? styles.dock : ''}`}
      data-phase={phase}
      data-part={part ?? ''}
      data-held={live?.held !== null && live?.held !== undefined}
      data-testid="ring-card"
      data-tone={live?.ringTone}
      data-call={live?.id ?? phoneCall?.callId ?? ''}
      aria-label={headline}
    >
      <header className={styles.strip}>
        <Group gap={10} wrap="nowrap" style={{ minWidth: 0 }}>
          <span className={styles.pulse}>
            <Mark size={20} isRinging={phase === 'ringing'} />
          </span>
          <Text fw={620} className="cut">
            {headline}
          </Text>
          {isTalking && live && part === 'owner' && <RecordingDot live={live} />}
          {isTalking && <LineQuality quality={phoneCall?.quality ?? null} />}
        </Group>
        <Group gap={8} wrap="nowrap">
          {!isTalking && <span className="eyebrow">{t('call.waiting')}</span>}
          <Timer current={current} />
        </Group>
      </header>
      <div className={styles.body}>
        {isLost && (
          <Alert color="amber" data-testid="reconnecting" p="xs">
            {t('softphone.lostInCall')}
          </Alert>
        )}
        {isTalking && phoneCall && <LineTrouble call={phoneCall} />}
        {!isTalking && micProblem && (
          <Alert color="rust" p="xs">
            {t(`softphone.microphone.${micProblem}`)}
          </Alert>
        )}
        {live && <Handover call={live} />}
        {live && <CallNews call={live} part={part} />}
        {live?.consult && part === 'owner' && <ConsultBar call={live} clientName={clientName} />}
        <CallerName live={live} client={client} fallback={phoneCall?.from ?? null} />
        {live && <Lists live={live} />}
        {client && <ClientChips client={client} />}
        {client && <ClientNote note={client.note} />}
        {live && isTalking && <Company call={live} />}
        {(live === null || live.direction === 'in' || live.source !== null) && <CallSource live={live} />}
        {live && !(isDocked && part === 'watching') && <CallFacts live={live} client={client} />}
      </div>
      <footer className={styles.actions}>
        {part === 'watching' && live && (
          <Part>
            <Watching call={live} />
          </Part>
        )}
        {isTalking ? <Talking current={current} /> : <Ringing current={current} />}
      </footer>
    </section>
  )
}
