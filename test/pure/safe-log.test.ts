import { expect } from 'chai'
import { safeLog } from '../../upkeep/safe-log.ts'

type Line = Record<string, unknown> & { err?: Record<string, unknown> }

describe('the log', () => {
  /** What one line says. */
  function lineOf(fields: object, words = 'Something failed'): Line {
    let text = ''
    safeLog('info', { write: (line) => void (text += line) }).warn(fields, words)
    return JSON.parse(text) as Line
  }

  it('tells of a call by its id, and keeps who phoned to itself', () => {
    const effect = { type: 'dial', endpoint: 'PJSIP/+79161234567@trunk', to: ['anna@example.com'] }
    const line = lineOf({ callId: '01a2051e-90f8-7002-ab70-036cf5f555a3', effect, tookMs: 12_345_678 })
    expect(line).to.deep.include({
      level: 40,
      msg: 'Something failed',
      callId: '01a2051e-90f8-7002-ab70-036cf5f555a3',
      tookMs: 12_345_678,
      effect: { type: 'dial', endpoint: '[address]', to: ['[address]'] }
    })
  })

  it('tells which rule of the database was broken, and none of the values that broke it', () => {
    const error = Object.assign(
      new Error('insert into "contacts" ("name") values (\'Anna\') - duplicate key value violates a rule'),
      { code: '23505', severity: 'ERROR', table: 'contacts', constraint: 'contacts_phone' },
      { detail: 'Key (phone)=(+79161234567) already exists.', query: 'insert Anna', parameters: ['Anna'] }
    )
    const { err } = lineOf({ err: error })
    expect(err).to.include({
      type: 'Error',
      message: 'duplicate key value violates a rule',
      code: '23505',
      table: 'contacts',
      constraint: 'contacts_phone'
    })
    expect(err?.['stack']).to.match(/^\s+at .*safe-log\.test/)
    expect(JSON.stringify(err)).not.to.match(/Anna|7916/)
  })

  it('follows causes, and stops in what goes round', () => {
    const round: Record<string, unknown> = { number: 'to +7 916 123-45-67' }
    round['self'] = round
    const cause = new Error('sip:anna@example.com refused')
    const line = lineOf({ err: new Error('The call of “Anna” failed', { cause }), round })
    expect(line.err).to.deep.include({ message: 'The call of [name] failed' })
    expect(line.err?.['cause']).to.deep.include({ message: '[address] refused' })
    expect(JSON.stringify(line)).not.to.match(/Anna|916/i)
  })

  it('keeps paths and the address of an attacker, which an admin needs', () => {
    const line = lineOf({ dir: '/data/1234567890', remoteAddress: '192.0.2.7' })
    expect(line).to.include({ dir: '/data/1234567890', remoteAddress: '192.0.2.7' })
  })
})
