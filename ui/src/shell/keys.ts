import type { ParseKeys } from 'i18next'

interface Row {
  /** As they are printed on the keys. */
  keys: readonly string[]
  text: ParseKeys<'ui'>
}

/**
 * Every key that does something, by when it does. The commands themselves stand where the work is done; a test looks
 * through the sources for keys that are not here, and here for keys that nobody listens to.
 */
export const keyGroups: readonly { title: ParseKeys<'ui'>; rows: readonly Row[] }[] = [
  {
    title: 'keySheet.ring',
    rows: [
      { keys: ['A'], text: 'call.answer' },
      { keys: ['D'], text: 'call.decline' }
    ]
  },
  {
    title: 'keySheet.talk',
    rows: [
      { keys: ['M'], text: 'keySheet.mute' },
      { keys: ['H'], text: 'keySheet.hold' },
      { keys: ['T'], text: 'transfer.title' },
      { keys: ['P'], text: 'talk.park' },
      { keys: ['R'], text: 'keySheet.record' },
      { keys: ['K'], text: 'call.keypad' },
      { keys: ['0–9', '*', '#'], text: 'keySheet.digits' },
      { keys: ['E'], text: 'call.hangup' }
    ]
  },
  {
    title: 'keySheet.consult',
    rows: [
      { keys: ['C'], text: 'transfer.complete' },
      { keys: ['S'], text: 'transfer.swap' },
      { keys: ['J'], text: 'transfer.join' },
      { keys: ['X'], text: 'transfer.cancel' }
    ]
  },
  {
    title: 'keySheet.after',
    rows: [
      { keys: ['1–9'], text: 'shift.codes.title' },
      { keys: ['F'], text: 'keySheet.finish' }
    ]
  },
  {
    title: 'keySheet.watch',
    rows: [
      { keys: ['L'], text: 'watch.mode.listen' },
      { keys: ['W'], text: 'watch.mode.whisper' },
      { keys: ['J'], text: 'watch.mode.join' }
    ]
  },
  {
    title: 'keySheet.everywhere',
    rows: [
      { keys: ['C'], text: 'keySheet.dial' },
      { keys: ['N'], text: 'keySheet.note' },
      { keys: ['S'], text: 'keySheet.status' },
      { keys: ['1–9'], text: 'keySheet.pages' },
      { keys: ['?'], text: 'keySheet.sheet' },
      { keys: ['Esc'], text: 'keySheet.close' }
    ]
  },
  {
    title: 'keySheet.choosing',
    rows: [
      { keys: ['↑', '↓', 'Enter'], text: 'keySheet.choose' },
      { keys: ['Ctrl Enter'], text: 'keySheet.blind' },
      { keys: ['←', '→'], text: 'keySheet.tabs' }
    ]
  },
  {
    title: 'keySheet.inquiries',
    rows: [
      { keys: ['↑', '↓', 'Enter'], text: 'keySheet.inquiry' },
      { keys: ['A'], text: 'keySheet.accept' },
      { keys: ['W'], text: 'keySheet.take' },
      { keys: ['X'], text: 'keySheet.shut' },
      { keys: ['S'], text: 'keySheet.spam' }
    ]
  },
  {
    title: 'keySheet.tasks',
    rows: [
      { keys: ['I'], text: 'keySheet.newTask' },
      { keys: ['X'], text: 'keySheet.taskDone' },
      { keys: ['Shift ←', 'Shift →'], text: 'keySheet.moveTask' }
    ]
  },
  {
    title: 'keySheet.scheme',
    rows: [
      { keys: ['B'], text: 'keySheet.addBlock' },
      { keys: ['L'], text: 'keySheet.drawLine' },
      { keys: ['←', '↑', '→', '↓'], text: 'keySheet.beside' },
      { keys: ['Shift ←', 'Shift ↑', 'Shift →', 'Shift ↓'], text: 'keySheet.moveBlock' },
      { keys: ['Ctrl Z', 'Ctrl Shift Z'], text: 'keySheet.undoBlock' },
      { keys: ['Ctrl C', 'Ctrl V'], text: 'keySheet.copyBlock' },
      { keys: ['Delete'], text: 'keySheet.removeBlock' }
    ]
  },
  {
    title: 'keySheet.call',
    rows: [{ keys: ['C'], text: 'keySheet.comment' }]
  }
]
