import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { edit, startEditing, type Edit, type Editing } from './model.ts'

/** What somebody else saved meanwhile, as the server tells it. */
export interface Theirs {
  revision: number
  draft: Scheme
  savedBy: { id: string; name: string } | null
  savedAt: string
}

/** What the server is known to hold. */
export interface Base {
  revision: number
  scheme: Scheme
}

export type Saving = { state: 'saved' | 'unsaved' | 'saving' } | { state: 'failed'; why: string }

const pauseMs = 700
const retryMs = 4000

export interface Draft {
  editing: Editing
  base: Base
  saving: Saving
  /** Set while somebody else's draft waits to be put together with this one. */
  theirs: Theirs | null
  onEdit: (edit: Edit) => void
  /** Goes on from what the other one saved, with this scheme. */
  settle: (scheme: Scheme) => void
  /** Saves at once what is not saved yet, and gives the revision; null when that failed. */
  flush: () => Promise<number | null>
}

/**
 * A draft that saves itself: some time after the last stroke, one request at a time, never over somebody else's.
 * While the server cannot be reached it tries again; meanwhile the page does not let itself be closed unasked.
 */
export function useDraft(record: SchemeRecord): Draft {
  const [editing, onEdit] = useReducer(edit, record.draft, startEditing)
  const [base, setBase] = useState<Base>({ revision: record.revision, scheme: record.draft })
  const [saving, setSaving] = useState<Saving>({ state: 'saved' })
  const [theirs, setTheirs] = useState<Theirs | null>(null)
  const client = useQueryClient()
  const running = useRef<Promise<number | null> | null>(null)
  const latest = useRef({ scheme: editing.scheme, base, theirs })
  useEffect(() => {
    latest.current = { scheme: editing.scheme, base, theirs }
  })
  const isDirty = editing.scheme !== base.scheme

  const save = useCallback(async (): Promise<number | null> => {
    const { scheme, base: from, theirs: other } = latest.current
    if (other) return null
    if (scheme === from.scheme) return from.revision
    setSaving({ state: 'saving' })
    try {
      const saved = await api<SchemeRecord>('PATCH', `/api/schemes/${record.id}`, {
        draft: scheme,
        revision: from.revision
      })
      const next = { revision: saved.revision, scheme }
      latest.current = { ...latest.current, base: next }
      setBase(next)
      setSaving({ state: latest.current.scheme === scheme ? 'saved' : 'unsaved' })
      client.setQueryData(['scheme', record.id], saved)
      inBackground(client.invalidateQueries({ queryKey: ['all', 'schemes'] }))
      return saved.revision
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === 'draft_changed' && error.problem.current) {
        setTheirs(error.problem.current as unknown as Theirs)
        setSaving({ state: 'unsaved' })
      } else setSaving({ state: 'failed', why: explain(error) })
      return null
    }
  }, [client, record.id])

  const flush = useCallback(async (): Promise<number | null> => {
    // One at a time: what was drawn while a request was under way goes with the next one.
    await running.current
    running.current = save().finally(() => {
      running.current = null
    })
    return running.current
  }, [save])

  const isFailed = saving.state === 'failed'
  useEffect(() => {
    if (!isDirty) {
      // Taken back to what the server has: there is nothing left to save.
      setSaving((before) =>
        before.state === 'saving' || before.state === 'saved' ? before : { state: 'saved' }
      )
      return
    }
    if (theirs) return
    // The same word for each letter: nothing is drawn anew for it.
    if (!isFailed) setSaving((before) => (before.state === 'saved' ? { state: 'unsaved' } : before))
    const timer = setTimeout(() => inBackground(flush()), isFailed ? retryMs : pauseMs)
    return () => clearTimeout(timer)
  }, [editing.scheme, base, isDirty, isFailed, theirs, flush])

  useEffect(() => {
    if (!isDirty) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isDirty])
  // Leaving for another page of the app: what was drawn last goes to the server on its own.
  useEffect(
    () => () => {
      if (latest.current.scheme !== latest.current.base.scheme) inBackground(flush())
    },
    [flush]
  )

  const settle = useCallback(
    (scheme: Scheme): void => {
      if (!theirs) return
      setBase({ revision: theirs.revision, scheme: theirs.draft })
      setTheirs(null)
      onEdit({ do: 'replace', scheme })
    },
    [theirs]
  )
  return { editing, base, saving, theirs, onEdit, settle, flush }
}
