import type { CallChanged, JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api, ApiError } from '../lib/api.ts'

/** What was typed and is not on the server yet, kept in this browser until it is. */
export interface Draft {
  text: string
  /** What the server had when the writing began. */
  base: string
}

const prefix = 'ringtrace.note.'
/** Stands while there may be drafts: the first screen looks at this alone. */
const leftKey = 'ringtrace.notes.left'
const keyOf = (userId: string, callId: string): string => `${prefix}${userId}.${callId}`

export function keepDraft(userId: string, callId: string, draft: Draft | null): void {
  try {
    if (draft) {
      localStorage.setItem(keyOf(userId, callId), JSON.stringify(draft))
      localStorage.setItem(leftKey, '1')
    } else localStorage.removeItem(keyOf(userId, callId))
  } catch {
    // Storage is full or forbidden: then the note is as safe as the connection.
    return
  }
}

function readDraft(text: string | null): Draft | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Draft> | null
    return kept && typeof kept.text === 'string' && typeof kept.base === 'string'
      ? { text: kept.text, base: kept.base }
      : null
  } catch {
    // Something else stands there.
    return null
  }
}

export function keptDraft(userId: string, callId: string): Draft | null {
  try {
    return readDraft(localStorage.getItem(keyOf(userId, callId)))
  } catch {
    // Nothing may be kept in this browser.
    return null
  }
}

/** Calls with a draft of this person. */
export function draftsOf(userId: string, storage: Pick<Storage, 'length' | 'key'>): string[] {
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

/** Sends what an earlier page could not: closed in the midst of a word, or without a connection. */
export async function sendLeftDrafts(userId: string, except: string | null): Promise<void> {
  for (const callId of draftsOf(userId, localStorage)) {
    const draft = keptDraft(userId, callId)
    if (callId === except) continue
    try {
      const call = draft && (await api<JournalCallWithLegs>('GET', `/api/calls/${callId}`))
      const note = call && joined(call.note, draft)
      if (call && note !== call.note) await api<CallChanged>('PATCH', `/api/calls/${callId}`, { note })
      keepDraft(userId, callId, null)
    } catch (error) {
      // Without an answer it waits for the next time; what is refused for good goes.
      const status = error instanceof ApiError ? error.problem.status : 0
      if (status === 404 || status === 422) keepDraft(userId, callId, null)
      else return
    }
  }
  if (draftsOf(userId, localStorage).length === 0) localStorage.removeItem(leftKey)
}
