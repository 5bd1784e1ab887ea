import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { formatPhone } from '../lib/format.ts'
import { flashTitle, notifyCall } from '../softphone/attention.ts'
import { startRing, stopRing } from '../softphone/ring.ts'
import type { CurrentCall } from '../softphone/use-current-call.ts'

/** Rings, flashes the title and shows a desktop notification while a call waits for this operator. */
export function useCallAttention(current: CurrentCall | null, isHere: boolean): void {
  const { t } = useTranslation()
  const isRinging = current?.phase === 'ringing'
  const id = current?.live?.id ?? current?.phoneCall?.callId ?? null
  const live = current?.live ?? null
  const who = live?.contact?.name ?? live?.caller.name ?? formatPhone(live?.caller.number) ?? ''
  const title = `${t('call.incoming')}: ${who || t('call.hiddenNumber')}`
  const from = live?.source
    ? [live.source.name, live.source.campaign, live.source.keyword].filter(Boolean).join(' → ')
    : ''
  useEffect(() => {
    if (!isRinging || !isHere) return
    startRing()
    return stopRing
  }, [isRinging, isHere])
  useEffect(() => {
    if (!isRinging) return
    return flashTitle(`☎ ${title}`)
  }, [isRinging, title])
  useEffect(() => {
    if (!isRinging || !isHere || !id) return
    return notifyCall(title, from, `ringtrace-${id}`)
  }, [isRinging, isHere, id, title, from])
}
