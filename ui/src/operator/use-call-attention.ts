import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../../api/contract/live.ts'
import { formatPhone } from '../lib/format.ts'
import { useLiveClient } from '../live/use-live.tsx'
import { flashTitle } from '../softphone/attention.ts'
import { onNoticeAction, prepareNotices, standNotice, type StandingNotice } from '../softphone/notices.ts'
import { startRing, stopRing } from '../softphone/ring.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import type { CurrentCall } from '../softphone/use-current-call.ts'

/** Rings, flashes the title and shows a desktop notification while a call waits for this operator. */
export function useCallAttention(current: CurrentCall | null, isHere: boolean): void {
  const { t } = useTranslation()
  const isRinging = current?.phase === 'ringing'
  const live = current?.live ?? null
  const client = useLiveClient(live)
  const who =
    live?.contact?.name ?? client?.contact?.name ?? live?.caller.name ?? formatPhone(live?.caller.number)
  const title = `${t('call.incoming')}: ${who || t('call.hiddenNumber')}`
  const tone = live?.ringTone ?? 'classic'
  const { isBrowserPhone } = useSoftphone()
  useEffect(() => {
    // A desk phone rings itself.
    if (!isRinging || !isHere || !isBrowserPhone) return
    startRing(tone)
    return stopRing
  }, [isRinging, isHere, isBrowserPhone, tone])
  useEffect(() => {
    if (!isRinging) return
    return flashTitle(`☎ ${title}`)
  }, [isRinging, title])
  const knowledge = useKnowledge(client)
  const { source } = live ?? {}
  const path = source && [source.name, source.campaign, source.keyword].filter(Boolean).join(' → ')
  const id = live?.id ?? current?.phoneCall?.callId ?? null
  useNotice(isRinging && isHere ? id : null, title, [path, knowledge].filter(Boolean).join('\n'))
}

/** The most useful thing known of the client, in a line. */
function useKnowledge(client: LiveClient | null): string {
  const { t } = useTranslation()
  if (!client) return ''
  const { deal, calls } = client
  if (deal?.known) return `${t('ring.deal')}: ${deal.known.title} · ${deal.known.stage}`
  return calls === 0 ? t('ring.firstCall') : t('ring.callsBefore', { count: calls })
}

/** A notification over other windows for as long as the call rings here; its buttons answer and decline. */
function useNotice(callId: string | null, title: string, body: string): void {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const { isBrowserPhone, call } = softphone
  useEffect(prepareNotices, [])
  const standing = useRef<StandingNotice | null>(null)
  useEffect(() => {
    if (callId === null) return
    const notice = standNotice()
    standing.current = notice
    return () => {
      notice.end()
      standing.current = null
    }
  }, [callId])
  const [answer, decline] = [t('call.answer'), t('call.decline')]
  useEffect(() => {
    if (callId === null) return
    standing.current?.say({ callId, title, body, buttons: isBrowserPhone ? { answer, decline } : null })
  }, [callId, title, body, isBrowserPhone, answer, decline])
  useEffect(() => {
    if (callId === null) return
    return onNoticeAction((of, action) => {
      if (of !== callId || call?.phase !== 'ringing') return
      softphone[action]()
    })
  }, [callId, call, softphone])
}
