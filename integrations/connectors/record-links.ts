import type { Secrets } from '../../db/secrets.ts'

const purpose = 'recording-link'
/** The path that opens such a link; see api/routes/shared-recordings.ts. */
export const sharedPath = '/api/shared-recordings'

/** The address of a record until a moment; null where nobody outside reaches us. */
export type MakeLink = (recordingId: string, untilMs: number) => string | null

/** Addresses under which one recording opens without a login, for systems whose people listen to it there. */
export interface RecordLinks {
  readonly make: MakeLink
  /** The recording of a link that is genuine and has not ended. */
  open(token: string, nowMs: number): string | null
}

/** The link itself says which recording and until when; sealed, so that nobody makes one. */
export const createRecordLinks = (secrets: Secrets, publicUrl: string | null): RecordLinks => ({
  make(recordingId, untilMs) {
    if (publicUrl === null) return null
    const token = secrets.seal(`${recordingId} ${Math.floor(untilMs)}`, purpose)
    // Players of other systems look at the ending.
    return `${publicUrl.replace(/\/$/, '')}${sharedPath}/${token}.mp3`
  },
  open(token, nowMs) {
    const said = secrets.open(token.replace(/\.mp3$/, ''), purpose)
    const [recordingId, untilMs] = said?.split(' ') ?? []
    return recordingId !== undefined && Number(untilMs) > nowMs ? recordingId : null
  }
})
