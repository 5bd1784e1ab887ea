/** A field that saves itself when it is left. Pure: what happens comes in, what it shows comes out. */
export interface FieldState {
  text: string
  /** What the server had when the writing began; null while nobody writes here. */
  before: string | null
  /** What somebody else has saved here meanwhile. */
  meanwhile: string | null
  /** What is wrong with what stands here. */
  error: string | null
  /** Somebody else's change came a moment ago. */
  isFresh: boolean
}

export type FieldEvent =
  | { type: 'focused'; value: string }
  | { type: 'typed'; text: string }
  | { type: 'refused'; error: string }
  /** It was left, or Enter was pressed, and the words are on their way. */
  | { type: 'sent'; text: string }
  /** Escape, or the other's words are taken. */
  | { type: 'given'; value: string }
  /** The server has this; `isOwn`: it was written here, by taking a change back. */
  | { type: 'value'; value: string; isOwn?: boolean }
  | { type: 'seen' }

export const openField = (value: string): FieldState => ({
  ...{ text: value, before: null, meanwhile: null, error: null, isFresh: false }
})

export function reduceField(state: FieldState, event: FieldEvent): FieldState {
  switch (event.type) {
    case 'focused':
      return state.before === null && state.error === null ? { ...state, before: event.value } : state
    case 'typed':
      return { ...state, text: event.text, error: null }
    case 'refused':
      return { ...state, error: event.error }
    case 'sent':
      return { ...state, text: event.text, before: null, meanwhile: null, error: null }
    case 'given':
      return openField(event.value)
    case 'value': {
      const { value } = event
      if (value === state.text) return { ...state, meanwhile: null }
      const isWriting = state.error !== null || (state.before !== null && state.text.trim() !== state.before)
      if (isWriting) return value === state.before ? state : { ...state, meanwhile: value }
      const isFresh = event.isOwn !== true
      return { ...state, text: value, isFresh, ...(state.before !== null && { before: value }) }
    }
    case 'seen':
      return { ...state, isFresh: false }
  }
}
