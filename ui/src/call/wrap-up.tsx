import '../styles/later.ts'
import { useEffect } from 'react'
import { NextCall } from '../client/next-call.tsx'
import { NextStep } from '../client/next-step.tsx'
import { CallDeal } from '../crm/call-deal.tsx'
import { inBackground } from '../lib/in-background.ts'
import { useMe } from '../session/session.ts'
import { CallNotes } from './call-notes.tsx'
import styles from './drawer.module.css'
import { sendLeftDrafts } from './note-drafts.ts'
import { useCall } from './queries.ts'

/**
 * What is written down of the call in talk or just ended, and what comes of it: note, tags, deal, the next step. Nothing
 * until the journal has its row.
 */
export default function WrapUp({ callId, isOver }: { callId: string; isOver: boolean }) {
  const me = useMe()
  const call = useCall(callId)
  // An earlier page may have been closed without a connection.
  useEffect(() => inBackground(sendLeftDrafts(me.id, callId)), [me.id, callId])
  if (!call.data) return null
  return (
    <div className="sheet wrapUp" data-testid="wrap-up">
      <div className={styles.wrapUp}>
        <CallNotes key={callId} call={call.data} hasKey />
        {isOver && <NextStep key={`next-${callId}`} call={call.data} />}
        <CallDeal call={call.data} />
        {isOver && <NextCall justTalked={call.data.callerNumber} />}
      </div>
    </div>
  )
}
