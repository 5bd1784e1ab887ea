import { expect } from 'chai'
import { errorOf } from '../../../integrations/bitrix24/errors.ts'
import { mapping, ratingWaitMs } from '../../../integrations/bitrix24/mapping.ts'
import { bitrix24Settings } from '../../../integrations/bitrix24/settings.ts'
import { factsOf } from '../../../integrations/connectors/facts.ts'
import type { Memory, Step } from '../../../integrations/connectors/kind.ts'
import { callTape, type CallTape } from '../../integrations/tape.ts'

const anna = 'a1111111-0000-4000-8000-000000000001'
const boris = 'b1111111-0000-4000-8000-000000000002'

describe('What Bitrix24 is told of a call', () => {
  const settings = bitrix24Settings.parse({ portal: 'company.bitrix24.ru', defaultPerson: '1' })
  let clock: { nowMs: number }
  beforeEach(() => (clock = { nowMs: 1_790_000_000_000 }))

  const tape = (start: Parameters<typeof callTape>[2] = {}): CallTape =>
    callTape(clock, () => Promise.resolve(), start)
  const next = (call: CallTape, memory: Memory = {}, world: object = {}) => {
    const facts = factsOf(call.rows)
    if (!facts) throw new Error('No call')
    const people = { [anna]: '11', [boris]: '12' }
    return mapping.next(facts, memory, {
      nowMs: clock.nowMs,
      settings,
      people,
      ownerId: null,
      links: [],
      ...world
    })
  }
  const known = { call: 'externalCall.1', user: '11', entity: null, shown: [] }

  it('waits with the registration until somebody is rung, so that the lead gets the right person', () => {
    const call = tape()
    expect(next(call)).to.deep.equal({ untilMs: clock.nowMs + 30_000 })
    expect((next(call.rings(boris)) as Step).params).to.include({ USER_ID: 12, TYPE: 2 })
  })

  it('prefers whoever talks, then the owner, then the person for such calls', () => {
    const call = tape()
    call.ends('abandoned')
    expect((next(call, {}, { ownerId: anna }) as Step).params).to.include({ USER_ID: 11 })
    expect((next(call) as Step).params).to.include({ USER_ID: 1 })
    const nobody = { settings: { ...settings, defaultPerson: null }, people: {} }
    expect(next(call, {}, nobody)).to.deep.equal({ wrong: 'nobodyMatched' })
  })

  it('tells calls out and callbacks by their types', () => {
    const out = (callType: 'pbx' | 'callback_form') =>
      (next(tape({ direction: 'out', callType, orderedBy: anna }).rings(anna)) as Step).params['TYPE']
    expect(out('pbx')).to.equal(1)
    expect(out('callback_form')).to.equal(4)
  })

  it('opens no card for a call that is over, and closes those that are open', () => {
    const call = tape().rings(anna).rings(boris).ends('missed')
    expect((next(call, known) as Step).key).to.equal('finish')
    expect(next(call, { ...known, shown: ['11', '12'] })).to.deep.include({
      key: 'hide 11 12',
      params: { CALL_ID: 'externalCall.1', USER_ID: [11, 12] }
    })
  })

  it('finishes at the rating, at the end, or twenty seconds after the talk', () => {
    const call = tape().rings(anna).answers(anna).talkEnds(30)
    const asked = { ...known, shown: ['11'] }
    expect(next(call, asked)).to.deep.equal({ untilMs: clock.nowMs + ratingWaitMs })
    expect((next(call, asked, { nowMs: clock.nowMs + ratingWaitMs }) as Step).key).to.equal('finish')
    expect((next(call.rates(3), asked) as Step).params).to.include({
      VOTE: 3,
      DURATION: 30,
      STATUS_CODE: '200'
    })
  })

  it('does not finish while somebody else is rung after the talk', () => {
    const call = tape().rings(anna).answers(anna).talkEnds(30).rings(boris)
    expect(next(call, { ...known, shown: ['12'] }, { nowMs: clock.nowMs + 60_000 })).to.equal(null)
  })

  it('leaves out a rating that the portal does not know', () => {
    const call = tape().rings(anna).answers(anna).talkEnds(5).rates(0).ends('answered')
    expect((next(call, { ...known, shown: ['11'] }) as Step).params).to.not.have.property('VOTE')
  })

  it('waits for all records of a call, and sends the longest', () => {
    const call = tape().rings(anna).answers(anna).talkEnds(20, true)
    call.rings(boris).answers(boris).talkEnds(30).ends('answered')
    const finished = { ...known, isFinished: true }
    expect(next(call, finished)).to.equal(null)
    const step = next(call.recorded(10), finished) as Step
    const facts = factsOf(call.rows)
    expect(step.recordingId).to.equal(facts?.recordings[1]?.id)
    expect(next(call, { ...finished, recordId: step.recordingId })).to.equal(null)
  })

  it('says nothing of a lost record, of tests, spam and hidden numbers', () => {
    const lost = tape().rings(anna).answers(anna).talkEnds(20).ends('answered').recorded(10, 'missing')
    expect(next(lost, { ...known, isFinished: true })).to.equal(null)
    expect(next(tape({ callType: 'test' }).ends('answered'))).to.equal(null)
    expect(next(tape({ isSpam: true }).ends('missed'))).to.equal(null)
    expect(next(tape({ client: null }).ends('missed'))).to.equal(null)
    expect(next(tape().ends('blocked'))).to.equal(null)
  })

  it('registers no call that the portal has made itself', () => {
    const call = tape({ direction: 'out', callType: 'click_to_call', orderedBy: anna }).rings(anna)
    expect((next(call, mapping.madeThere('externalCall.there')) as Step).key).to.equal('show 11')
  })

  it('tells faults of the portal apart', () => {
    const faultOf = (status: number, error?: string) =>
      errorOf({ status, headers: {}, body: error ? { error } : {} }, 0)?.fault
    expect(faultOf(200)).to.equal(undefined)
    expect(faultOf(503, 'QUERY_LIMIT_EXCEEDED')).to.equal('limit')
    expect(faultOf(503)).to.equal('away')
    expect(faultOf(401, 'expired_token')).to.equal('login')
    expect(faultOf(400, 'ERROR_CORE')).to.equal('refused')
    expect(faultOf(500)).to.equal('broken')
    const until = { error: 'OPERATION_TIME_LIMIT', time: { operating_reset_at: 600 } }
    expect(errorOf({ status: 429, headers: {}, body: until }, 0)?.retryAtMs).to.equal(600_000)
  })
})
