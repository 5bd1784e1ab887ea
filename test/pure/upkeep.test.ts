import { expect } from 'chai'
import { changesOf } from '../../api/audit-changes.ts'
import { lastDueMs } from '../../backup/settings.ts'
import { daysLeft, judge, type Facts } from '../../upkeep/judge.ts'
import { lineOf, rememberLog } from '../../upkeep/log.ts'
import { scrubbed } from '../../upkeep/scrubbed.ts'
import { firstSection } from '../../upkeep/look.ts'
import { pointsOf, updateOf } from '../../upkeep/updates.ts'
import { system as en } from '../../ui/src/i18n/en/system.ts'
import { system as ru } from '../../ui/src/i18n/ru/system.ts'

const gigabyte = 1024 ** 3
const nowMs = Date.UTC(2026, 10, 22, 9)
const dayMs = 86_400_000
const healthy: Facts = {
  nowMs,
  database: { isUp: true },
  exchange: {
    asterisk: { status: 'ok' },
    tape: { status: 'ok' },
    trunks: { status: 'ok' },
    load: { status: 'ok' }
  },
  trunks: [{ name: 'Carrier', state: 'registered' }],
  disk: { freeBytes: 100 * gigabyte, totalBytes: 200 * gigabyte },
  growthBytesPerDay: gigabyte,
  lastBackupMs: nowMs - 3_600_000,
  isBackupScheduled: true,
  jobs: { waiting: 0, oldestSeconds: 0, failed: 0 },
  webhooks: { active: 1, pending: 0, oldestSeconds: 0, disabled: 0 },
  https: { isUsed: true, certificateEndsMs: nowMs + 60 * dayMs, problem: null },
  ways: [],
  clock: { isSynchronised: true, databaseOffMs: 0 }
}

/** A certificate of our own web port. */
const own = (change: Partial<NonNullable<Facts['https']['own']>>): Facts['https'] => ({
  isUsed: true,
  certificateEndsMs: nowMs + 60 * dayMs,
  problem: null,
  own: { trust: 'public', source: 'files', isNamed: true, broken: null, ...change }
})

describe('what the system page says', () => {
  const said = (change: Partial<Facts>, name: string): string => {
    const found = judge({ ...healthy, ...change }).find((each) => each.name === name)
    return `${found?.state} ${found?.reason}`
  }

  it('is green all over when all is well', () => {
    expect(judge(healthy).filter(({ state }) => state !== 'ok')).to.deep.equal([])
  })

  const cases: [string, Partial<Facts>, string][] = [
    ['database', { database: { isUp: false } }, 'failed away'],
    ['asterisk', { exchange: { asterisk: { status: 'failed' } } }, 'failed failed'],
    ['tape', { exchange: { tape: { status: 'degraded' } } }, 'warning degraded'],
    ['load', { exchange: { load: { status: 'degraded' } } }, 'warning degraded'],
    ['asterisk', { exchange: {} }, 'unknown unknown'],
    ['trunks', { trunks: [] }, 'warning none'],
    ['trunks', { trunks: [{ name: 'A', state: 'rejected' }] }, 'failed down'],
    ['trunks', { trunks: [{ name: 'A', state: 'registering' }] }, 'warning registering'],
    ['disk', { disk: { freeBytes: gigabyte / 4, totalBytes: gigabyte } }, 'failed full'],
    ['disk', { disk: { freeBytes: gigabyte, totalBytes: gigabyte } }, 'warning low'],
    ['disk', { disk: null }, 'unknown unknown'],
    ['growth', { growthBytesPerDay: null }, 'ok still'],
    ['growth', { retentionDays: 30 }, 'ok enough'],
    ['growth', { growthBytesPerDay: 5 * gigabyte }, 'warning soon'],
    ['growth', { growthBytesPerDay: 50 * gigabyte }, 'failed soon'],
    ['backup', { lastBackupMs: null }, 'failed never'],
    ['backup', { lastBackupMs: nowMs - 8 * dayMs }, 'failed old'],
    ['backup', { lastBackupMs: nowMs - 2 * dayMs }, 'warning old'],
    ['backup', { isBackupScheduled: false }, 'warning byHand'],
    ['jobs', { jobs: { waiting: 3, oldestSeconds: 1000, failed: 0 } }, 'failed stuck'],
    ['jobs', { jobs: { waiting: 0, oldestSeconds: 0, failed: 2 } }, 'warning failed'],
    ['webhooks', { webhooks: { active: 1, pending: 9, oldestSeconds: 5000, disabled: 0 } }, 'warning late'],
    ['webhooks', { webhooks: { active: 0, pending: 0, oldestSeconds: 0, disabled: 1 } }, 'failed disabled'],
    ['https', { https: { isUsed: false, certificateEndsMs: null, problem: null } }, 'warning none'],
    [
      'https',
      { https: { isUsed: true, certificateEndsMs: nowMs + 20 * dayMs, problem: null } },
      'warning ends'
    ],
    [
      'https',
      { https: { isUsed: true, certificateEndsMs: nowMs + 5 * dayMs, problem: null } },
      'failed ends'
    ],
    ['https', { https: own({}) }, 'ok ok'],
    ['https', { https: own({ broken: 'the key belongs to another certificate' }) }, 'failed broken'],
    ['https', { https: own({ source: 'selfSigned', trust: 'selfSigned' }) }, 'warning selfSigned'],
    ['https', { https: own({ source: 'uploaded', trust: 'selfSigned' }) }, 'warning untrusted'],
    ['https', { https: own({ isNamed: false }) }, 'warning otherName'],
    ['https', { https: { isUsed: true, certificateEndsMs: null, problem: 'no answer' } }, 'warning unseen'],
    ['ways', { ways: [{ reason: 'noUpgrade', values: { address: '10.0.0.2' } }] }, 'failed noUpgrade'],
    [
      'ways',
      { ways: [{ reason: 'strangerProxy', values: { address: '10.0.0.2' } }] },
      'warning strangerProxy'
    ],
    [
      'ways',
      { ways: [{ reason: 'httpPublicUrl', values: { url: 'http://a.example' } }] },
      'warning httpPublicUrl'
    ],
    ['ways', { ways: [{ reason: 'httpsProxy', values: { address: '10.0.0.2' } }] }, 'warning httpsProxy'],
    ['ways', { ways: [{ reason: 'plainProxy', values: { address: '10.0.0.2' } }] }, 'warning plainProxy'],
    ['ways', { ways: [{ reason: 'silentProxy', values: { address: '10.0.0.2' } }] }, 'warning silentProxy'],
    ['https', { https: { isUsed: true, certificateEndsMs: nowMs - dayMs, problem: null } }, 'failed ended'],
    ['clock', { clock: { isSynchronised: false, databaseOffMs: 0 } }, 'warning free'],
    ['clock', { clock: { isSynchronised: true, databaseOffMs: 5000 } }, 'failed databaseOff']
  ]
  for (const [name, change, expected] of cases)
    it(`${name}: ${expected}`, () => expect(said(change, name)).to.equal(expected))

  it('has words for every reason, with the figures that it gives', () => {
    const all = [{}, ...cases.map(([, change]) => change)].flatMap((change) =>
      judge({ ...healthy, ...change })
    )
    for (const { name, reason, values } of all)
      for (const texts of [en.system, ru.system]) {
        const text = (texts.checks[name] as Record<string, string>)[reason]
        expect(text, `${name} ${reason}`).to.be.a('string')
        const holes = [...(text ?? '').matchAll(/{{(\w+)}}/g)].map(([, hole]) => hole)
        expect(Object.keys(values), `${name} ${reason}`).to.include.members(holes)
      }
  })

  it('tells the days until the disk is full', () => {
    expect(daysLeft(healthy)).to.equal(99)
    expect(daysLeft({ ...healthy, growthBytesPerDay: 0 })).to.equal(null)
    // They stop growing once the first of them are deleted; the database goes on.
    const kept = { ...healthy, retentionDays: 30, recordingBytes: 20 * gigabyte }
    expect(daysLeft(kept)).to.equal(null)
    expect(daysLeft({ ...kept, retentionDays: 300 })).to.equal(99)
    // Ten days at 1.5 GB a day, and 84.5 GB more at 0.5 GB.
    expect(daysLeft({ ...kept, databaseBytesPerDay: gigabyte / 2 })).to.equal(10 + 169)
  })

  it('takes the newest part of the change log', () => {
    expect(firstSection('# Changes\n\n## Next\n\n- one\n\n## 1.0\n\n- two\n')).to.equal('## Next\n\n- one')
    expect(firstSection('nothing')).to.equal('')
  })
})

describe('what is new after an update', () => {
  const at = '2026-11-22T09:00:00.000Z'
  const start = (before: ReturnType<typeof updateOf> | null, version: string, changeLog: string) =>
    updateOf(before, { version, changeLog, at })
  const old = '# Changes\n\n## 1.0\n\n- **One**: a\n  longer point\n- two\n'

  it('is what the change log of the version before did not have', () => {
    expect(pointsOf(old)).to.deep.equal(['**One**: a longer point', 'two'])
    const first = start(null, '1.0.0', old)
    expect(first).to.include({ previousVersion: null, updatedAt: null })
    expect(first.fresh).to.deep.equal([])
    const next = start(first, '1.1.0', old.replace('## 1.0', '## 1.1\n\n- three\n\n## 1.0'))
    expect(next).to.deep.include({ previousVersion: '1.0.0', updatedAt: at, fresh: ['three'], seenBy: [] })
  })

  it('stays told at the next start, and is told to each reader once', () => {
    const next = { ...start(start(null, '1.0.0', old), '1.1.0', `${old}- three\n`), seenBy: ['anna'] }
    expect(start(next, '1.1.0', `${old}- three\n`)).to.deep.equal(next)
    expect(start(next, '1.2.0', `${old}- three\n- four\n`)).to.deep.include({
      previousVersion: '1.1.0',
      fresh: ['four'],
      seenBy: []
    })
  })
})

describe('lines of the log for others', () => {
  it('tell nothing of a person', () => {
    const line = lineOf(
      JSON.stringify({
        ...{
          time: nowMs,
          level: 50,
          part: 'webhooks',
          msg: 'Call from +7 (916) 123-45-67 at 192.0.2.7 failed'
        },
        ...{ callerName: 'Ирина', callId: '22222222-2222-4222-8222-222222222222', tookMs: 12_345_678 },
        err: { type: 'Error', message: 'sip:anna@example.com said “Anna Karenina”', code: 'ECONNREFUSED' }
      })
    )
    expect(line).to.deep.equal({
      at: '2026-11-22T09:00:00.000Z',
      level: 'error',
      part: 'webhooks',
      text: 'Call from [number] at [address] failed',
      about: {
        callId: '22222222-2222-4222-8222-222222222222',
        tookMs: 12_345_678,
        error: '[address] said [name]',
        code: 'ECONNREFUSED'
      }
    })
  })

  const secrets = [
    'anna.k@example.com',
    '84951234567',
    '2001:db8::7',
    'rt_abcdefghijklmnopqrstuvwxyz0123456789',
    'postgres://user:pass@host/db',
    'https://example.com/hook?token=1'
  ]
  for (const text of secrets)
    it(`hide ${text}`, () => expect(scrubbed(`x ${text} y`)).to.match(/^x \[\w+\] y$/))

  it('are the last ones, the newest first, without what is no line', () => {
    const { stream, lines } = rememberLog(2)
    for (const msg of ['one', 'two', 'three'])
      stream.write(`${JSON.stringify({ time: 1, level: 30, msg })}\n`)
    stream.write('not JSON\n')
    stream.write(`${JSON.stringify({ time: 1, level: 20, msg: 'debug' })}\n`)
    expect(lines().map(({ text }) => text)).to.deep.equal(['three', 'two'])
  })
})

describe('the last moment a daily backup was due', () => {
  const due = (now: string, hour: number, zone: string): string =>
    new Date(lastDueMs(Date.parse(now), hour, zone)).toISOString()
  it('is today after its hour, yesterday before it, by the company’s clock', () => {
    expect(due('2026-11-22T09:30:00Z', 3, 'UTC')).to.equal('2026-11-22T03:00:00.000Z')
    expect(due('2026-11-22T02:30:00Z', 3, 'UTC')).to.equal('2026-11-21T03:00:00.000Z')
    expect(due('2026-11-22T00:04:00Z', 3, 'Europe/Moscow')).to.equal('2026-11-22T00:00:00.000Z')
    expect(due('2026-11-22T23:59:00Z', 23, 'UTC')).to.equal('2026-11-22T23:00:00.000Z')
  })
})

describe('changes in the audit', () => {
  it('are the fields that differ, as they were and are', () => {
    expect(
      changesOf({ name: 'A', role: 'operator', tags: ['x'] }, { name: 'A', role: 'admin', tags: ['x', 'y'] })
    ).to.deep.equal({
      role: { before: 'operator', after: 'admin' },
      tags: { before: ['x'], after: ['x', 'y'] }
    })
    expect(changesOf(null, { name: 'A', note: undefined })).to.deep.equal({ name: { after: 'A' } })
    expect(changesOf({ name: 'A' }, null)).to.deep.equal({ name: { before: 'A' } })
  })

  it('never tell a secret, nor what people write of others', () => {
    const text = JSON.stringify(
      changesOf(
        {
          password: 'p1',
          sipSecret: 's1',
          note: 'n1',
          url: 'https://me:pw@x.example/h?key=k1',
          deep: { token: 't1', a: 1 }
        },
        {
          password: 'p2',
          sipSecret: 's2',
          note: 'n2',
          url: 'https://me:pw@x.example/h?key=k2',
          deep: { token: 't2', a: 2 }
        }
      )
    )
    expect(text).to.not.match(/[pnst][12]\b|pw|k1|k2/)
    expect(text).to.include('"password":{"isHidden":true}').and.include('•••')
  })
})
