import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatPhone } from '../lib/format.ts'
import type { CurrentCall } from '../softphone/use-current-call.ts'

/**
 * Says a ringing call to those who hear the screen: who calls, and where from. It stands on every page before anything
 * rings, for what is new in it to be read out; the card itself would be read again with every change in it.
 */
export function RingAnnouncer({ current }: { current: CurrentCall | null }) {
  const { t } = useTranslation()
  const live = current?.phase === 'ringing' ? current.live : null
  const who =
    live &&
    (live.contact?.name ?? live.caller.name ?? (formatPhone(live.caller.number) || t('call.hiddenNumber')))
  return (
    <VisuallyHidden role="alert" aria-live="assertive" data-testid="ring-said">
      {live && [t('call.incoming'), who, live.source?.name].filter(Boolean).join(', ')}
    </VisuallyHidden>
  )
}
