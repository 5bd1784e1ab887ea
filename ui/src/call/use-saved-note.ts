import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import type { CallChanged, JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api } from '../lib/api.ts'
import { inBackground } from '../lib/in-background.ts'
import { useMe } from '../session/session.ts'
import { keepDraft, keptDraft } from './note-drafts.ts'
import { noteOf, openNote, reduceNote, statusOf, type NoteState, type ServerNote } from './note-state.ts'

/** The writing stops for so long, or has gone on for so long. */
const quietMs = 1000
const longestMs = 8000
const retriesMs = [2000, 5000, 10_000, 20_000]

export interface SavedNote {
  state: NoteState
  status: ReturnType<typeof statusOf>
  type(text: string): void
  /** Saves now what is not saved. */
  save(): void
  join(): void
  dismiss(): void
}

/** The note of one call, saved as it is typed and kept in this browser until it is. Give the component a key per call. */
export function useSavedNote(call: JournalCallWithLegs): SavedNote {
  const me = useMe()
  const client = useQueryClient()
  const server = (from: Pick<JournalCallWithLegs, 'note' | 'noteChange'>): ServerNote => ({
    note: from.note,
    at: from.noteChange?.at ?? null,
    name: from.noteChange?.by?.name ?? null,
    isOwn: from.noteChange?.by?.id === me.id
  })
  const [state, dispatch] = useReducer(reduceNote, null, () =>
    openNote(server(call), keptDraft(me.id, call.id))
  )
  const status = statusOf(state)
  const latest = useRef(state)
  useEffect(() => {
    latest.current = state
  })
  const failures = useRef(0)
  const unsavedSinceMs = useRef<number | null>(null)
  const isSending = useRef(false)

  const save = useCallback(async (): Promise<void> => {
    const { text, base } = latest.current
    if (isSending.current || text.trim() === base.trim()) return
    isSending.current = true
    unsavedSinceMs.current = null
    dispatch({ type: 'sent' })
    try {
      const body = { note: noteOf(text), noteSeen: noteOf(base) }
      const answer = await api<CallChanged>('PATCH', `/api/calls/${call.id}`, body)
      const { overwritten, ...changed } = answer
      failures.current = 0
      // A reading from before the change must not come after it.
      await client.cancelQueries({ queryKey: ['call', call.id], exact: true })
      client.setQueryData(['call', call.id], changed)
      inBackground(client.invalidateQueries({ queryKey: ['calls'] }))
      dispatch({
        type: 'saved',
        server: {
          ...{ note: changed.note, at: changed.noteChange?.at ?? null },
          ...{ name: changed.noteChange?.by?.name ?? null, isOwn: true }
        },
        overwritten: overwritten && { text: overwritten.note, name: overwritten.by?.name ?? null }
      })
    } catch {
      failures.current += 1
      // What is wrong, the field says; its words stay in it and in this browser.
      dispatch({ type: 'failed' })
    } finally {
      isSending.current = false
    }
  }, [call.id, client])

  // What others have written since.
  const { note, noteChange } = call
  useEffect(() => {
    dispatch({
      type: 'server',
      server: {
        ...{ note, at: noteChange?.at ?? null, name: noteChange?.by?.name ?? null },
        isOwn: noteChange?.by?.id === me.id
      }
    })
  }, [note, noteChange?.at, noteChange?.by?.name, noteChange?.by?.id, me.id, state.sending])

  useEffect(() => {
    const isKept = state.text.trim() === state.base.trim()
    keepDraft(me.id, call.id, isKept ? null : { text: state.text, base: state.base })
  }, [state.text, state.base, me.id, call.id])

  useEffect(() => {
    if (status !== 'unsaved' && status !== 'failed') return
    const nowMs = performance.now()
    unsavedSinceMs.current ??= nowMs
    const waitMs =
      status === 'failed'
        ? (retriesMs[Math.min(failures.current, retriesMs.length) - 1] ?? quietMs)
        : Math.max(0, Math.min(quietMs, unsavedSinceMs.current + longestMs - nowMs))
    const timer = setTimeout(() => inBackground(save()), waitMs)
    return () => clearTimeout(timer)
  }, [status, state.text, save])

  useEffect(() => {
    const now = (): void => inBackground(save())
    window.addEventListener('online', now)
    window.addEventListener('pagehide', now)
    return () => {
      window.removeEventListener('online', now)
      window.removeEventListener('pagehide', now)
      // The drawer closes: what was typed last does not wait.
      now()
    }
  }, [save])

  return {
    state,
    status,
    type: (text) => dispatch({ type: 'typed', text }),
    save: () => inBackground(save()),
    join: () => dispatch({ type: 'joined' }),
    dismiss: () => dispatch({ type: 'dismissed' })
  }
}
