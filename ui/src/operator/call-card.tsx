import { Alert, Button, Group, Popover, Text } from '@mantine/core'
import {
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconPhoneOff,
  IconPhoneX
} from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../call/queries.ts'
import { Mark } from '../brand/mark.tsx'
import { clock, secondsSince } from '../lib/format.ts'
import { useKeys } from '../lib/use-keys.ts'
import { useNow } from '../lib/use-now.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import type { CurrentCall } from '../softphone/use-current-call.ts'
import styles from './call-card.module.css'
import { CallerName, CallFacts, CallSource } from './call-facts.tsx'

const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

function Timer({ current }: { current: CurrentCall }) {
  const now = useNow()
  const { phase, phoneCall, live } = current
  const sinceIso = phase === 'talking' ? live?.answeredAt : live?.startedAt
  const sinceMs = phase === 'talking' ? phoneCall?.answeredMs : phoneCall?.sinceMs
  const seconds = sinceIso ? secondsSince(sinceIso, now) : sinceMs ? Math.floor((now - sinceMs) / 1000) : 0
  return (
    <span className={`num ${styles.timer}`} role="timer">
      {clock(seconds)}
    </span>
  )
}

/** Only when the journal says that this talk is being recorded: a promise to the client may hang on it. */
function RecordingDot({ callId }: { callId: string }) {
  const { t } = useTranslation()
  const row = useCall(callId)
  if (!row.data?.recording) return null
  return (
    <span className={styles.recording} data-testid="recording-dot">
      {t('call.recording')}
    </span>
  )
}

function Keypad({ pressed, onPress }: { pressed: string; onPress: (digit: string) => void }) {
  const { t } = useTranslation()
  return (
    <Popover position="top" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconDialpad size={18} />} data-testid="keypad">
          {t('call.keypad')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text className="num" ta="center" h={24} fw={600}>
          {pressed}
        </Text>
        <div className={styles.keypad}>
          {keypad.map((digit) => (
            <Button
              key={digit}
              variant="default"
              size="md"
              onClick={() => onPress(digit)}
              data-testid={`key-${digit}`}
            >
              {digit}
            </Button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function Ringing({ current }: { current: CurrentCall }) {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const { phoneCall, phase } = current
  const [answered, setAnswered] = useState(false)
  const canAnswer = phoneCall?.phase === 'ringing'
  useKeys({
    KeyA: canAnswer ? softphone.answer : undefined,
    KeyD: canAnswer ? softphone.decline : undefined
  })
  if (!softphone.isBrowserPhone) return <Text c="dimmed">{t('call.onDeskPhone')}</Text>
  if (!phoneCall && softphone.registration === 'elsewhere')
    return <Text c="dimmed">{t('call.inOtherTab')}</Text>
  return (
    <>
      <Button
        className={styles.wide ?? ''}
        size="lg"
        color="pine"
        leftSection={<IconPhone size={20} />}
        rightSection={<kbd className="hint">A</kbd>}
        disabled={!canAnswer}
        loading={phase === 'answering' && answered}
        onClick={() => {
          setAnswered(true)
          softphone.answer()
        }}
        data-testid="answer"
      >
        {t('call.answer')}
      </Button>
      <Button
        size="lg"
        variant="light"
        color="rust"
        leftSection={<IconPhoneX size={20} />}
        rightSection={<kbd className="hint">D</kbd>}
        disabled={!phoneCall}
        onClick={softphone.decline}
        data-testid="decline"
      >
        {t('call.decline')}
      </Button>
    </>
  )
}

function Talking({ current }: { current: CurrentCall }) {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const { phoneCall } = current
  const isMuted = phoneCall?.isMuted ?? false
  useKeys({
    KeyM: phoneCall ? () => softphone.setMuted(!isMuted) : undefined,
    KeyE: phoneCall ? softphone.hangup : undefined
  })
  if (!phoneCall) {
    return <Text c="dimmed">{t(softphone.isBrowserPhone ? 'call.inOtherTab' : 'call.onDeskPhone')}</Text>
  }
  return (
    <>
      <Button
        variant={isMuted ? 'light' : 'default'}
        color="amber"
        leftSection={isMuted ? <IconMicrophoneOff size={18} /> : <IconMicrophone size={18} />}
        rightSection={<kbd className="hint">M</kbd>}
        onClick={() => softphone.setMuted(!isMuted)}
        aria-pressed={isMuted}
        data-testid="mute"
      >
        {t(isMuted ? 'call.unmute' : 'call.mute')}
      </Button>
      <Keypad pressed={phoneCall.pressed} onPress={softphone.press} />
      <Button
        className={styles.hangup ?? ''}
        color="rust"
        leftSection={<IconPhoneOff size={18} />}
        rightSection={<kbd className="hint">E</kbd>}
        onClick={softphone.hangup}
        data-testid="hangup"
      >
        {t('call.hangup')}
      </Button>
    </>
  )
}

/** The call that rings at this operator or in which they talk: everything known of it, and what can be done. */
export function CallCard({ current, isDocked = false }: { current: CurrentCall; isDocked?: boolean }) {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const { phase, live, phoneCall } = current
  const isTalking = phase === 'talking'
  const isLost = isTalking && phoneCall !== null && softphone.registration !== 'registered'
  const micProblem =
    softphone.microphone !== 'ready' && softphone.microphone !== 'unknown' ? softphone.microphone : null
  return (
    <section
      className={`sheet ${styles.card} ${isDocked ? styles.dock : ''}`}
      data-phase={phase}
      data-testid="ring-card"
      data-call={live?.id ?? phoneCall?.callId ?? ''}
      aria-live="assertive"
      aria-label={t(isTalking ? 'call.talking' : 'call.incoming')}
    >
      <header className={styles.strip}>
        <Group gap={10} wrap="nowrap">
          <span className={styles.pulse}>
            <Mark size={20} isRinging={phase === 'ringing'} />
          </span>
          <Text fw={620}>
            {t(
              phase === 'talking'
                ? 'call.talking'
                : phase === 'answering'
                  ? 'call.answering'
                  : 'call.incoming'
            )}
          </Text>
          {isTalking && live && <RecordingDot callId={live.id} />}
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
        {!isTalking && micProblem && (
          <Alert color="rust" p="xs">
            {t(`softphone.microphone.${micProblem}`)}
          </Alert>
        )}
        <CallerName live={live} fallback={phoneCall?.from ?? null} />
        <CallSource live={live} />
        {live && <CallFacts live={live} />}
      </div>
      <footer className={styles.actions}>
        {isTalking ? <Talking current={current} /> : <Ringing current={current} />}
      </footer>
    </section>
  )
}
