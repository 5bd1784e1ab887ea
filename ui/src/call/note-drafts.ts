import type { CallChanged, JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api, ApiError } from '../lib/api.ts'
import { draftsOf, joined, keyOf, readDraft, type Draft } from './note-draft.ts'

/** Stands while there may be drafts: the first screen looks at this alone. */
const leftKey = 'ringtrace.notes.left'
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

export function keptDraft(userId: string, callId: string): Draft | null {
  try {
    return readDraft(localStorage.getItem(keyOf(userId, callId)))
  } catch {
    // Nothing may be kept in this browser.
    return null
  }
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
