import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Part } from '../lib/part.tsx'
import { withTexts } from '../i18n/index.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import styles from './shell.module.css'

const SoundDialog = lazy(withTexts(['sound'], () => import('../sound/sound-dialog.tsx')))

export type Tone = 'good' | 'wait' | 'bad' | 'off'

/** The softphone's state in a word, its tone, and what to do about it. */
export function useSoftphoneWords(): { state: string; tone: Tone; short: string; long: string } {
  const { t } = useTranslation()
  const { registration, microphone, isBrowserPhone } = useSoftphone()
  if (!isBrowserPhone) {
    return { state: 'desk', tone: 'off', short: t('softphone.short.desk'), long: t('softphone.long.desk') }
  }
  if (registration === 'registered' && microphone !== 'ready' && microphone !== 'unknown') {
    return {
      state: 'microphone',
      tone: 'bad',
      short: t('softphone.short.microphone'),
      long: t(`softphone.microphone.${microphone}`)
    }
  }
  const tone: Tone =
    registration === 'registered'
      ? 'good'
      : registration === 'connecting' || registration === 'lost'
        ? 'wait'
        : registration === 'off'
          ? 'off'
          : 'bad'
  return {
    state: registration,
    tone,
    short: t(`softphone.short.${registration}`),
    long: t(`softphone.long.${registration}`)
  }
}

/** The state of the telephone; a press opens its sound settings and tests, where it is the browser's. */
export function SoftphonePill() {
  const { state, tone, short, long } = useSoftphoneWords()
  const { isBrowserPhone } = useSoftphone()
  const [isOpen, setOpen] = useState(false)
  const pill = <Pill {...{ state, tone, short, long }} />
  if (!isBrowserPhone) return pill
  return (
    <>
      <button type="button" className={styles.pill} onClick={() => setOpen(true)} data-testid="open-sound">
        {pill}
      </button>
      {isOpen && (
        <Part>
          <SoundDialog onClose={() => setOpen(false)} />
        </Part>
      )}
    </>
  )
}

function Pill({ state, tone, short, long }: ReturnType<typeof useSoftphoneWords>) {
  return (
    <span
      data-testid="softphone-state"
      data-state={state}
      role="status"
      title={long}
      className={styles.state}
    >
      <i className={styles.dot} data-tone={tone} />
      <span>{short}</span>
    </span>
  )
}
