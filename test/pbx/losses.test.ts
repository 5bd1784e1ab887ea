import { expect } from 'chai'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { JournalCall } from '../../api/contract/calls.ts'
import { webhookEvents } from '../../pbx/call/moments.ts'
import type { Receiver } from '../out/receiver.ts'
import { foundCompany, ringScheme, type Company } from '../support/company.ts'
import { startInstance, type Instance } from '../support/instance.ts'
import { toneFile } from '../support/sound.ts'
import { until } from '../support/until.ts'
import {
  asteriskPid,
  expectJournalOfTape,
  groupOf,
  leftInAsterisk,
  onlyRow,
  postgresPids,
  rowsOf,
  subscribe,
  telephones,
  type Telephones
} from './chaos.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('When a part of the machine is lost', function () {
  this.timeout(90_000)
  let instance: Instance
  let company: Company
  let phones: Telephones
  let hook: Receiver
  let postgresThen = 0

  before(async function () {
    this.timeout(120_000)
    instance = await startInstance(28_500, {}, { ownPostgres: true })
    company = await foundCompany(instance, 30, 3)
    phones = telephones(instance, company)
    hook = await subscribe(instance, webhookEvents)
  })
  after(async () => {
    await phones.close()
    await hook.close()
    await instance.stop()
  })
  afterEach(async () => {
    await phones.close()
    await company.clear()
  })

  /** Twelve callers, one or two a second, three operators: whoever finds nobody free is missed. */
  async function callsDuring(to: string, trouble: () => Promise<void>): Promise<JournalCall[]> {
    await company.number(to, ringScheme(company.groupId, { ringSeconds: 5, rounds: 1 }))
    const tone = await toneFile(path.join(instance.dataDir, 'tones'), 1000)
    for (const operator of company.operators) {
      await company.phone(operator, { scenario: 'operator-answers', calls: 100, tone, keys: { ring: 100 } })
    }
    const before = await company.caller(to, {
      scenario: 'caller-any-end',
      calls: 2,
      rate: 50,
      keys: { talk: 3000 }
    })
    await pause(500)
    const during = trouble()
    const callers = await company.caller(to, {
      scenario: 'caller-any-end',
      calls: 10,
      rate: 1,
      keys: { talk: 1500 }
    })
    await Promise.all([before.done, callers.done, during])
    return until(
      async () => {
        const rows = await rowsOf(instance, to).catch(() => [])
        return rows.length >= 12 && rows.every((row) => row.endedAt) ? rows : null
      },
      { timeoutMs: 30_000, everyMs: 200, what: 'twelve rows' }
    )
  }

  async function nothingIsLost(rows: readonly JournalCall[]): Promise<void> {
    expect(rows).to.have.length(12)
    expect(rows.filter((row) => row.outcome === 'answered').length, 'answered').to.be.at.least(9)
    const wanted: string[] = []
    for (const { id } of rows) {
      const tape = await company.tape(id)
      const offered = tape.filter((entry) => (webhookEvents as readonly string[]).includes(entry.type))
      wanted.push(...offered.map((entry) => `${id} ${entry.seq}`))
    }
    await until(
      async () => {
        const { checks } = await instance.api<{ checks: { tape: { status: string } } }>('GET', '/api/health')
        return checks.tape.status === 'ok'
      },
      { what: 'the spool is empty' }
    )
    const spool = await fs.readFile(path.join(instance.dataDir, 'spool/tape.jsonl'), 'utf8').catch(() => '')
    expect(spool).to.equal('')
    await until(
      () => {
        const got = new Set(
          hook.received.map(({ json: { data } }) => `${String(data['callId'])} ${String(data['sequence'])}`)
        )
        return wanted.every((name) => got.has(name))
      },
      { timeoutMs: 30_000, what: 'every moment is delivered' }
    )
    await until(
      async () => {
        const { items } = await instance.api<{ items: JournalCall[] }>('GET', '/api/calls?limit=200')
        return items.every(({ recording }) => !['recording', 'processing'].includes(recording?.state ?? ''))
      },
      { timeoutMs: 60_000, everyMs: 300, what: 'every recording is finished' }
    )
    for (const { id } of rows) await expectJournalOfTape(instance, company, id)
  }

  it('PostgreSQL hangs for 20 s: calls are answered meanwhile and nothing is lost', async () => {
    postgresThen = (await postgresPids(instance))[0] ?? 0
    const rows = await callsDuring('+74953000001', async () => {
      const pids = await postgresPids(instance)
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      try {
        await pause(20_000)
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT')
      }
    })
    await nothingIsLost(rows)
  })

  it('PostgreSQL is killed: it is started again, calls are answered meanwhile and nothing is lost', async () => {
    const rows = await callsDuring('+74953000002', async () => {
      const [postmaster] = await postgresPids(instance)
      process.kill(postmaster ?? 0, 'SIGKILL')
    })
    await nothingIsLost(rows)
    expect((await postgresPids(instance))[0]).not.to.equal(postgresThen)
  })

  it('PostgreSQL hangs and the controller is killed: what it had spooled is in the journal after the restart', async () => {
    const to = '+74953000003'
    await company.number(to, ringScheme(company.groupId))
    for (const operator of company.operators) {
      await company.phone(operator, { scenario: 'operator-answers', calls: 10, keys: { ring: 100 } })
    }
    const pids = await postgresPids(instance)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      const caller = await company.caller(to, { scenario: 'caller-hangs-up', keys: { talk: 1000 } })
      await caller.done
      const spool = path.join(instance.dataDir, 'spool/tape.jsonl')
      await until(async () => (await fs.readFile(spool, 'utf8').catch(() => '')).includes('call.ended'), {
        timeoutMs: 20_000,
        what: 'the end of the call is in the spool'
      })
      await instance.kill()
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    await instance.start()
    const row = await onlyRow(instance, to)
    expect(row).to.include({ outcome: 'answered', hangupBy: 'client' })
    expect((await company.tape(row.id)).map((entry) => entry.seq)).to.deep.equal(
      (await company.tape(row.id)).map((_, index) => index + 1)
    )
  })

  it('Asterisk is killed: its calls end as lost at that moment, and the next call is answered within seconds', async () => {
    const [ringing, talking, next] = ['+74953000004', '+74953000005', '+74953000006']
    for (const [index, to] of [ringing, talking, next].entries()) {
      const groupId = await groupOf(instance, company.operators[index])
      // Longer than Asterisk takes to come back: the call must not go on to "no answer" by its own clock.
      await company.number(to, ringScheme(groupId, { ringSeconds: 60 }))
    }
    const [anna, boris] = [
      await phones.at(company.operators[0], { manner: 'ring' }),
      await phones.at(company.operators[1], { toneHz: 1000 })
    ]
    await phones.at(company.operators[2], { toneHz: 1000 })
    const [waits, talks] = [await phones.outside(), await phones.outside({ toneHz: 440 })]
    // Nobody will tell this caller how the call ended.
    await Promise.race([waits.call(ringing), until(() => anna.isRinging())])
    await talks.call(talking)
    await until(() => boris.isUp())
    process.kill(await asteriskPid(instance), 'SIGKILL')
    const killedAt = Date.now()

    const rows = [await onlyRow(instance, ringing, 30_000), await onlyRow(instance, talking, 30_000)]
    expect(rows.map(({ reason, hangupBy }) => [reason, hangupBy])).to.deep.equal([
      ['asterisk_lost', 'system'],
      ['asterisk_lost', 'system']
    ])
    expect(rows.map(({ outcome }) => outcome)).to.deep.equal(['failed', 'answered'])
    for (const row of rows) expect(Date.parse(row.endedAt ?? '')).to.be.closeTo(killedAt, 1000)

    await until(
      async () => {
        const { checks } = await instance.api<{ checks: Record<string, { status: string }> }>(
          'GET',
          '/api/health'
        )
        return checks['asterisk']?.status === 'ok'
      },
      { timeoutMs: 20_000, what: 'Asterisk is back' }
    )
    // A call that was refused may be tried again; one that got no answer yet would hold the operator.
    await until(
      async () => {
        const caller = await phones.outside({ toneHz: 440 })
        if ((await caller.call(next)) !== 200) return false
        caller.hangup()
        return true
      },
      { timeoutMs: 20_000, everyMs: 300, what: 'the next call is answered' }
    )
    expect(Date.now() - killedAt).to.be.lessThan(20_000)
    await until(async () => (await leftInAsterisk(instance)).length === 0)
  })
})
