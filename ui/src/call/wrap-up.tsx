import '../styles/later.ts'
import { CallNotes } from './call-notes.tsx'
import { useCall } from './queries.ts'

/** Notes and tags of the call in talk or just ended; nothing until the journal has its row. */
export default function WrapUp({ callId }: { callId: string }) {
  const call = useCall(callId)
  if (!call.data) return null
  return (
    <div className="sheet wrapUp" data-testid="wrap-up">
      <CallNotes key={callId} call={call.data} />
    </div>
  )
}
