import { expect } from 'chai'
import { foldJournal } from '../../../pbx/call/journal.ts'
import type { CallerListName } from '../../../pbx/call/types.ts'
import { importCall, type ImportPorts } from '../../../pbx/runtime/cel-import.ts'
import type { CelEvent } from '../../../pbx/runtime/cel.ts'

const startMs = Date.UTC(2026, 10, 22, 9)

/** What Asterisk writes of a caller who gives up while nobody but the static dialplan was there. */
const events: CelEvent[] = ['CHAN_START', 'HANGUP', 'LINKEDID_END'].map((type, index) => ({
  type,
  atMs: startMs + index * 1000,
  callerNumber: '79161234567',
  extension: '74951234567',
  channel: 'PJSIP/carrier-00000001',
  uniqueId: '1.1',
  linkedId: '1.1',
  extra: '{}',
  application: '',
  context: 'from-trunk'
}))

const callId = '01920000-0000-7000-8000-000000000001'
const journalOf = (lists: CallerListName[]) => {
  const asked: number[] = []
  const ports: ImportPorts = {
    callIdOf: () => callId,
    describe(callerNumber, dialed, atMs) {
      asked.push(atMs)
      const caller = { number: `+${callerNumber}`, name: null, country: null, region: null }
      return { caller, dialed, route: null, lists }
    },
    operatorOf: () => null
  }
  const call = foldJournal(importCall(events, ports)?.rows ?? [])?.call
  // An entry that runs out in the meantime still held then.
  expect(asked).to.deep.equal([startMs])
  return call
}
const list = (kind: CallerListName['kind']): CallerListName => ({ id: kind, name: kind, kind })

describe('a call that came while the controller was away', () => {
  it('is spam or of a VIP when its caller is on such a list', () => {
    expect(journalOf([list('spam')])).to.include({ is_spam: true, is_vip: false, outcome: 'missed' })
    expect(journalOf([list('vip'), list('own')])).to.include({ is_spam: false, is_vip: true })
    expect(journalOf([])).to.include({ is_spam: false, is_vip: false })
  })
})
