import { Button, Text } from '@mantine/core'
import {
  IconArrowsExchange,
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconParking,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerRecord
} from '@tabler/icons-react'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Part } from '../lib/part.tsx'
import type { LiveCall } from '../../../api/contract/live.ts'
import { prefetch } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useKeys } from '../lib/use-keys.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import type { CurrentCall } from '../softphone/use-current-call.ts'
import styles from './call-card.module.css'
import { digitKeys, Keypad } from './keypad.tsx'
import { useWish } from './wishes.ts'

const TransferDialog = lazy(() => import('./transfer-dialog.tsx'))

interface ToolProps {
  icon: typeof IconDialpad
  label: string
  /** Letter of its key, shown as a hint. */
  hint: string
  isOn?: boolean
  isBusy?: boolean
  isOff?: boolean
  testId: string
  onClick: () => void
}

/** A button with its picture above its word. */
function Tool({ icon: Icon, label, hint, isOn = false, isBusy, isOff, testId, onClick }: ToolProps) {
  return (
    <button
      type="button"
      className={styles.tool}
      data-on={isOn}
      aria-pressed={isOn}
      aria-busy={isBusy}
      disabled={(isOff ?? false) || (isBusy ?? false)}
      onClick={onClick}
      data-testid={testId}
    >
      <Icon size={20} stroke={1.8} />
      <span>{label}</span>
      <kbd className="hint">{hint}</kbd>
    </button>
  )
}

/** What only the owner of the call may do with it. */
function useOwnerTools(live: LiveCall | null, isOwner: boolean) {
  const { t } = useTranslation()
  const wish = useWish(live?.id ?? null)
  const [isChoosing, setChoosing] = useState(false)
  const path = wish.isPending ? wish.variables.path : null
  const canMove = isOwner && live !== null && live.consult === null
  const isHeld = live?.held !== null && live?.held !== undefined
  const isPaused = live?.recording === 'paused'
  return {
    live,
    path,
    isHeld,
    isPaused,
    isChoosing,
    closeChoice: () => setChoosing(false),
    hold: canMove ? () => wish.mutate({ path: 'hold', body: { on: !isHeld } }) : undefined,
    choose: canMove ? () => setChoosing(true) : undefined,
    park: canMove
      ? () =>
          wish.mutate(
            { path: 'park' },
            { onSuccess: ({ slot }) => toast('pine', t('talk.parkedAt', { slot: slot ?? '' }), 9000) }
          )
      : undefined,
    pause:
      isOwner && live && live.recording !== 'off'
        ? () => wish.mutate({ path: 'pause-recording', body: { on: !isPaused } })
        : undefined
  }
}

/** Everything that can be done in a talk. */
export function Talking({ current }: { current: CurrentCall }) {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const { phoneCall, live, part } = current
  const [hasKeypad, setKeypad] = useState(false)
  const isMuted = phoneCall?.isMuted ?? false
  const isOwner = part === 'owner'
  const tools = useOwnerTools(live, isOwner)
  const keys = {
    KeyM: phoneCall ? () => softphone.setMuted(!isMuted) : undefined,
    KeyE: phoneCall ? softphone.hangup : undefined,
    KeyK: phoneCall ? () => setKeypad(!hasKeypad) : undefined,
    KeyH: tools.hold,
    KeyT: tools.choose,
    KeyP: tools.park,
    KeyR: tools.pause,
    ...(hasKeypad && phoneCall ? digitKeys(softphone.press) : {})
  }
  useKeys(keys, 'call')
  const hasTools = phoneCall !== null || isOwner
  return (
    <>
      {!phoneCall && (
        <Text c="dimmed" style={{ flex: '1 1 100%' }}>
          {t(softphone.isBrowserPhone ? 'call.inOtherTab' : 'talk.onDeskPhone')}
        </Text>
      )}
      {hasTools && (
        <div className={styles.tools} role="group" aria-label={t('talk.tools')}>
          {phoneCall && (
            <Tool
              icon={isMuted ? IconMicrophoneOff : IconMicrophone}
              label={t(isMuted ? 'call.unmute' : 'call.mute')}
              hint="M"
              isOn={isMuted}
              testId="mute"
              onClick={() => softphone.setMuted(!isMuted)}
            />
          )}
          {isOwner && (
            <Tool
              icon={tools.isHeld ? IconPlayerPlay : IconPlayerPause}
              label={t(tools.isHeld ? 'talk.unhold' : 'talk.hold')}
              hint="H"
              isOn={tools.isHeld}
              isOff={!tools.hold}
              isBusy={tools.path === 'hold'}
              testId="hold"
              onClick={() => tools.hold?.()}
            />
          )}
          {isOwner && (
            <Tool
              icon={IconArrowsExchange}
              label={t('transfer.button')}
              hint="T"
              isOff={!tools.choose}
              testId="transfer"
              onClick={() => tools.choose?.()}
            />
          )}
          {phoneCall && (
            <Tool
              icon={IconDialpad}
              label={t('call.keypad')}
              hint="K"
              isOn={hasKeypad}
              testId="keypad"
              onClick={() => setKeypad(!hasKeypad)}
            />
          )}
          {isOwner && (
            <Tool
              icon={IconParking}
              label={t('talk.park')}
              hint="P"
              isOff={!tools.park}
              isBusy={tools.path === 'park'}
              testId="park"
              onClick={() => tools.park?.()}
            />
          )}
          {isOwner && live?.recording !== 'off' && (
            <Tool
              icon={IconPlayerRecord}
              label={t(tools.isPaused ? 'talk.resumeRecording' : 'talk.pauseRecording')}
              hint="R"
              isOn={tools.isPaused}
              isBusy={tools.path === 'pause-recording'}
              testId="pause-recording"
              onClick={() => tools.pause?.()}
            />
          )}
        </div>
      )}
      {hasKeypad && phoneCall && <Keypad pressed={phoneCall.pressed} onPress={softphone.press} />}
      {phoneCall && (
        <Button
          className={styles.hangup ?? ''}
          color="rust"
          leftSection={<IconPhoneOff size={18} />}
          rightSection={<kbd className="hint">E</kbd>}
          onClick={softphone.hangup}
          data-testid="hangup"
        >
          {t(part === 'watching' ? 'watch.leave' : 'call.hangup')}
        </Button>
      )}
      {tools.isChoosing && live && (
        <Part>
          <TransferDialog call={live} onClose={tools.closeChoice} />
        </Part>
      )}
    </>
  )
}

/** Fetches what an operator in a talk may need next, so that pressing Transfer opens at once. */
export function prepareTalk(): void {
  prefetch(import('./transfer-dialog.tsx'))
}
