/**
 * A note that is saved as it is typed. Pure: what happens comes in, what the field shows comes out.
 *
 *   saved ─► unsaved ─► saving ─► saved
 *               ▲          └────► failed ─► saving   (tried again by itself, or by a press)
 *               └── typed meanwhile
 */
export interface NoteState {
  text: string
  /** What the server is known to have, and since when. */
  base: string
  baseAt: string | null
  /** On its way; null while nothing is. */
  sending: string | null
  hasFailed: boolean
  /** `base` was written in this field: whoever replaces it, replaces our words. */
  isOwn: boolean
  /** Two people wrote at once: the text that was replaced, so that nothing is lost. */
  other: OtherNote | null
}

export interface OtherNote {
  text: string
  /** Who wrote it; null when that is not known. */
  name: string | null
  /** `theirs` was replaced by ours, `ours` by theirs. */
  whose: 'theirs' | 'ours'
}

/** What the server has, as an answer tells. */
export interface ServerNote {
  note: string | null
  at: string | null
  name: string | null
  isOwn: boolean
}

export type NoteEvent =
  | { type: 'typed'; text: string }
  | { type: 'sent' }
  | { type: 'saved'; server: ServerNote; overwritten: { text: string; name: string | null } | null }
  | { type: 'failed' }
  /** The call was read anew. */
  | { type: 'server'; server: ServerNote }
  /** The other text is put below ours, or is not wanted. */
  | { type: 'joined' }
  | { type: 'dismissed' }

/** What is sent: an empty note is none. */
export const noteOf = (text: string): string | null => text.trim() || null

export function openNote(server: ServerNote, draft: { text: string; base: string } | null): NoteState {
  const base = server.note ?? ''
  const state: NoteState = {
    ...{ text: base, base, baseAt: server.at, sending: null, hasFailed: false, isOwn: server.isOwn },
    other: null
  }
  if (!draft || isSame(draft.text, base)) return state
  // Somebody wrote while ours was kept in this browser only.
  const isMet = !isSame(draft.base, base) && base !== ''
  const other = isMet ? ({ text: base, name: server.name, whose: 'theirs' } as const) : null
  return { ...state, text: draft.text, isOwn: false, other }
}

export type NoteStatus = 'saved' | 'unsaved' | 'saving' | 'failed'

export function statusOf(state: NoteState): NoteStatus {
  if (state.sending !== null) return 'saving'
  if (isSame(state.text, state.base)) return 'saved'
  return state.hasFailed ? 'failed' : 'unsaved'
}

const isSame = (a: string, b: string): boolean => a.trim() === b.trim()

export function reduceNote(state: NoteState, event: NoteEvent): NoteState {
  switch (event.type) {
    case 'typed':
      return { ...state, text: event.text }
    case 'sent':
      return { ...state, sending: state.text }
    case 'saved': {
      const { server, overwritten } = event
      const other = overwritten ? ({ ...overwritten, whose: 'theirs' } as const) : state.other
      const saved = state.sending ?? state.text
      return { ...state, base: saved, baseAt: server.at, sending: null, hasFailed: false, isOwn: true, other }
    }
    case 'failed':
      return { ...state, sending: null, hasFailed: true }
    case 'server':
      return read(state, event.server)
    case 'joined':
      return state.other
        ? { ...state, text: `${state.text.trimEnd()}\n${state.other.text}`.trim(), other: null }
        : state
    case 'dismissed':
      return { ...state, other: null }
  }
}

function read(state: NoteState, server: ServerNote): NoteState {
  const note = server.note ?? ''
  const isOld = state.baseAt !== null && (server.at === null || server.at < state.baseAt)
  // Our own words on their way, or a reading from before they were saved.
  if (state.sending !== null || isOld || isSame(note, state.base)) return state
  const fresh = { ...state, base: note, baseAt: server.at, isOwn: server.isOwn }
  if (isSame(note, state.text)) return fresh
  const isTyping = !isSame(state.text, state.base)
  if (isTyping) {
    // Ours goes over it in a moment; theirs is shown beside.
    const other =
      note === '' || server.isOwn ? state.other : { text: note, name: server.name, whose: 'theirs' }
    return { ...fresh, other: other as OtherNote | null }
  }
  const isOursGone =
    state.isOwn && !server.isOwn && state.text.trim() !== '' && !note.includes(state.text.trim())
  const other: OtherNote | null = isOursGone
    ? { text: state.text.trim(), name: server.name, whose: 'ours' }
    : state.other
  return { ...fresh, text: note, other }
}
