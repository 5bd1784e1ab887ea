import { expect } from 'chai'
import { draftsOf, joined } from '../../ui/src/call/note-draft.ts'
import {
  noteOf,
  openNote,
  reduceNote,
  statusOf,
  type NoteEvent,
  type NoteState,
  type ServerNote
} from '../../ui/src/call/note-state.ts'

const server = (note: string | null, seconds: number, name: string | null = null): ServerNote => ({
  note,
  at: `2026-11-20T09:00:${String(seconds).padStart(2, '0')}.000Z`,
  name,
  isOwn: name === null
})
const saved = (note: string, seconds: number, overwritten: { text: string; name: string } | null = null) =>
  ({ type: 'saved', server: server(note, seconds), overwritten }) as const
const after = (state: NoteState, ...events: NoteEvent[]): NoteState => events.reduce(reduceNote, state)
const empty = openNote({ note: null, at: null, name: null, isOwn: false }, null)
const typed = (text: string): NoteEvent => ({ type: 'typed', text })

describe('A note that is saved as it is typed', () => {
  it('goes from saved over unsaved and saving to saved', () => {
    expect(statusOf(empty)).to.equal('saved')
    const written = after(empty, typed('Oak'))
    expect(statusOf(written)).to.equal('unsaved')
    const sent = after(written, { type: 'sent' })
    expect(statusOf(sent)).to.equal('saving')
    expect(statusOf(after(sent, saved('Oak', 1)))).to.equal('saved')
  })

  it('is not saved by an answer to an earlier word', () => {
    const state = after(empty, typed('Oak'), { type: 'sent' }, typed('Oak table'), saved('Oak', 1))
    expect(state).to.include({ text: 'Oak table', base: 'Oak' })
    expect(statusOf(state)).to.equal('unsaved')
  })

  it('says that it is not saved, and keeps every word', () => {
    const state = after(empty, typed('Oak'), { type: 'sent' }, { type: 'failed' })
    expect(statusOf(state)).to.equal('failed')
    expect(state.text).to.equal('Oak')
    expect(statusOf(after(state, { type: 'sent' }, saved('Oak', 2)))).to.equal('saved')
  })

  it('sends nothing where there are only spaces', () => {
    expect(statusOf(after(empty, typed('  \n')))).to.equal('saved')
    expect(noteOf(' \n')).to.equal(null)
  })

  it('shows what others write while nobody types here', () => {
    const state = after(empty, { type: 'server', server: server('From Boris', 3, 'Boris') })
    expect(state).to.include({ text: 'From Boris', other: null })
    expect(statusOf(state)).to.equal('saved')
  })

  it('tells whoever types that another text was replaced, and can keep both', () => {
    const met = after(empty, typed('Mine'), { type: 'server', server: server('Theirs', 3, 'Boris') })
    expect(met).to.deep.include({ text: 'Mine', other: { text: 'Theirs', name: 'Boris', whose: 'theirs' } })
    expect(statusOf(met), 'ours goes over it').to.equal('unsaved')
    expect(after(met, { type: 'joined' })).to.deep.include({ text: 'Mine\nTheirs', other: null })
    const told = after(
      empty,
      typed('Mine'),
      { type: 'sent' },
      saved('Mine', 4, { text: 'Theirs', name: 'Boris' })
    )
    expect(told.other).to.deep.equal({ text: 'Theirs', name: 'Boris', whose: 'theirs' })
    expect(after(told, { type: 'dismissed' }).other).to.equal(null)
  })

  it('tells whoever wrote before that their text is gone, unless it was only added to', () => {
    const own = after(empty, typed('Mine'), { type: 'sent' }, saved('Mine', 4))
    const gone = after(own, { type: 'server', server: server('Other', 5, 'Boris') })
    expect(gone).to.deep.include({ text: 'Other', other: { text: 'Mine', name: 'Boris', whose: 'ours' } })
    const added = after(own, { type: 'server', server: server('Mine\nand more', 5, 'Boris') })
    expect(added).to.include({ text: 'Mine\nand more', other: null })
  })

  it('is not set back by an answer that is older than the last saving', () => {
    const own = after(empty, typed('New'), { type: 'sent' }, saved('New', 9))
    expect(after(own, { type: 'server', server: server('Old', 5, 'Boris') }).text).to.equal('New')
    expect(after(own, { type: 'server', server: { ...server('Old', 5), at: null } }).text).to.equal('New')
  })

  it('comes back after a reload, and meets what was written meanwhile', () => {
    const draft = { text: 'Half a wor', base: 'Half' }
    const back = openNote(server('Half', 1), draft)
    expect(back).to.include({ text: 'Half a wor', base: 'Half', other: null })
    expect(statusOf(back)).to.equal('unsaved')
    const met = openNote(server('Boris was here', 2, 'Boris'), draft)
    expect(met.other).to.deep.equal({ text: 'Boris was here', name: 'Boris', whose: 'theirs' })
    expect(openNote(server('Half a wor', 2), draft).other).to.equal(null)
  })
})

describe('Notes that an earlier page left in the browser', () => {
  it('are found by their writer only', () => {
    const keys = [
      'ringtrace.note.anna.c1',
      'ringtrace.locale',
      'ringtrace.note.boris.c2',
      'ringtrace.note.anna.c3'
    ]
    const storage = { length: keys.length, key: (index: number) => keys[index] ?? null }
    expect(draftsOf('anna', storage)).to.deep.equal(['c1', 'c3'])
  })

  it('replace what they were written over, and are put below anything else', () => {
    const draft = { text: 'Half a word', base: 'Half' }
    expect(joined('Half', draft)).to.equal('Half a word')
    expect(joined(null, draft)).to.equal('Half a word')
    expect(joined('Boris was here', draft)).to.equal('Boris was here\nHalf a word')
    expect(joined('Half a word', draft)).to.equal('Half a word')
  })
})
