/** Drafts of notes as text under keys. Pure; `note-drafts.ts` keeps and sends them. */

/** What was typed and is not on the server yet, kept in this browser until it is. */
export interface Draft {
  text: string
  /** What the server had when the writing began. */
  base: string
}

const prefix = 'ringtrace.note.'

/** As much of the browser's storage as is read here. */
interface Keys {
  readonly length: number
  key(index: number): string | null
}

/** Where the draft of a call's note stands in this browser. */
export const keyOf = (userId: string, callId: string): string => `${prefix}${userId}.${callId}`

/** A draft as it was kept; null when something else stands there. */
export function readDraft(text: string | null): Draft | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Draft> | null
    return kept && typeof kept.text === 'string' && typeof kept.base === 'string'
      ? { text: kept.text, base: kept.base }
      : null
  } catch {
    // Not written by us, or cut short.
    return null
  }
}

/** Calls with a draft of this person. */
export function draftsOf(userId: string, storage: Keys): string[] {
  const own = `${prefix}${userId}.`
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
    .filter((key) => key.startsWith(own))
    .map((key) => key.slice(own.length))
}

/** A draft joined to what the call has got since. */
export function joined(note: string | null, { text, base }: Draft): string | null {
  const now = note ?? ''
  if (now.trim() === base.trim() || now.trim() === '') return text.trim() || null
  return now.includes(text.trim()) ? now : `${now.trimEnd()}\n${text.trim()}`.slice(0, 5000)
}
