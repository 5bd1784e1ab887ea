import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../../config.ts'
import { findingsOf, type DoctorFacts, type Finding } from '../../../upkeep/doctor/findings.ts'
import { lookAround } from '../../../upkeep/doctor/look.ts'

const gigabyte = 1024 ** 3
const healthy: DoctorFacts = {
  nowMs: Date.parse('2026-11-22T12:00:00Z'),
  settings: null,
  memoryBytes: 4 * gigabyte,
  openFiles: 65_536,
  data: { dir: '/data', isThere: true, isWritable: true, freeBytes: 50 * gigabyte },
  runningPid: null,
  ports: [{ what: 'SIP', port: 5060, by: ['SIP_PORT'], holder: null }],
  health: null,
  database: { kind: 'embedded' },
  asterisk: { version: '22.10.1' },
  addresses: ['203.0.113.7'],
  publicAddress: null,
  certificate: null,
  isClockKept: true
}
const stranger = { pid: 7, command: 'kamailio -f x', isOurs: false }
const ours = { pid: 8, command: 'asterisk', isOurs: true }
const running = { runningPid: 9, ports: [{ ...healthy.ports[0], holder: ours }] } as Partial<DoctorFacts>
const wrongIn = (change: Partial<DoctorFacts>): Finding[] =>
  findingsOf({ ...healthy, ...change }).filter(({ state }) => state !== 'ok')

describe('The doctor', () => {
  it('finds nothing on a healthy machine', () => {
    expect(wrongIn({})).to.deep.equal([])
    expect(
      wrongIn({ ...running, health: { status: 'ok', checks: { database: { status: 'ok' } } } })
    ).to.deep.equal([])
  })

  const dayMs = 86_400_000
  const cases: [given: string, change: Partial<DoctorFacts>, state: Finding['state'], said: RegExp][] = [
    [
      'a variable that cannot be read',
      { settings: 'SIP_PORT: must be' },
      'failed',
      /SIP_PORT.*configuration\.md/
    ],
    ['little memory', { memoryBytes: gigabyte }, 'warning', /2 GB/],
    ['few files', { openFiles: 1024 }, 'warning', /LimitNOFILE/],
    ['a folder of somebody else', { data: { ...healthy.data, isWritable: false } }, 'failed', /chown/],
    ['a full disk', { data: { ...healthy.data, freeBytes: 1000 } }, 'failed', /Free some space now/],
    ['a disk that fills', { data: { ...healthy.data, freeBytes: gigabyte } }, 'warning', /1\.0 GB free/],
    ['a product that does not answer', { ...running }, 'failed', /process|Process 9.*restart/],
    [
      'a port of another program',
      { ports: [{ ...healthy.ports[0], holder: stranger }] as DoctorFacts['ports'] },
      'failed',
      /process 7 \(kamailio -f x\).*SIP_PORT/
    ],
    [
      'a port that nobody holds while the product runs',
      { runningPid: 9, health: { status: 'ok', checks: {} } },
      'failed',
      /nobody listens/
    ],
    [
      'a database that is away',
      { database: { kind: 'named', problem: 'ECONNREFUSED' } },
      'failed',
      /DATABASE_URL/
    ],
    [
      'a database of a newer version',
      { database: { kind: 'named', version: 170_002, offMs: 0, strange: ['9999_x'], pending: 0 } },
      'failed',
      /9999_x.*newer copy/
    ],
    [
      'a database whose clock is off',
      { database: { kind: 'named', version: 170_002, offMs: -5000, strange: [], pending: 0 } },
      'failed',
      /-5 s off/
    ],
    [
      'an old PostgreSQL',
      { database: { kind: 'named', version: 130_010, offMs: 0, strange: [], pending: 0 } },
      'failed',
      /PostgreSQL 13 is too old/
    ],
    ['no Asterisk', { asterisk: { problem: 'There is no Asterisk yet' } }, 'warning', /npm start brings it/],
    [
      'private addresses only',
      { addresses: ['10.0.0.5', '192.168.1.2'] },
      'warning',
      /forward the SIP and RTP ports/
    ],
    [
      'a public name without an address',
      { publicAddress: { name: 'x.example', address: null } },
      'failed',
      /x\.example/
    ],
    [
      'a certificate that ended',
      { certificate: { file: 'a.pem', endsMs: healthy.nowMs - 2.5 * dayMs } },
      'failed',
      /ended 3 days ago/
    ],
    [
      'a certificate that ends soon',
      { certificate: { file: 'a.pem', endsMs: healthy.nowMs + 5.5 * dayMs } },
      'warning',
      /in 5 days/
    ],
    ['a clock that runs free', { isClockKept: false }, 'warning', /timedatectl/]
  ]
  for (const [given, change, state, said] of cases)
    it(`says what to do about ${given}`, () => {
      const [first, ...others] = wrongIn(change)
      expect(others).to.deep.equal([])
      expect(first?.state).to.equal(state)
      expect(`${first?.text} ${first?.advice}`).to.match(said)
      expect(first?.advice).to.not.equal('')
    })

  it('hands on what the running product says of its parts', () => {
    const checks = { database: { status: 'ok' }, trunks: { status: 'failed', detail: 'Carrier: rejected' } }
    expect(wrongIn({ ...running, health: { status: 'degraded', checks } }))
      .to.have.length(1)
      .and.deep.include({
        ...{ name: 'trunks', state: 'failed', text: 'Carrier: rejected' },
        advice: 'The system page in the settings says what to do.'
      })
  })

  it('knows a carrier-grade NAT from a public address', () => {
    for (const address of ['100.64.0.1', '100.127.9.9', '172.16.0.1', '172.31.0.1', '127.0.0.1'])
      expect(wrongIn({ addresses: [address] }), address).to.have.length(1)
    for (const address of ['100.63.0.1', '100.128.0.1', '172.15.0.1', '172.32.0.1', '192.169.0.1'])
      expect(wrongIn({ addresses: [address] }), address).to.deep.equal([])
  })

  it('finds by whom a port is held, a database that is away, and a folder that is not there', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const config = readConfig({
        ...{ HTTP_PORT: String(port), DATA_DIR: path.join(tmpdir(), 'rt-not-there') },
        DATABASE_URL: 'postgres://x:y@127.0.0.1:1/z'
      })
      const facts = await lookAround(config, null, () => Promise.resolve({ version: '22.10.1' }))
      const web = facts.ports.find((each) => each.port === port)
      expect(web?.holder).to.deep.include({ pid: process.pid, isOurs: false })
      expect(facts.database).to.have.property('problem').that.includes('ECONNREFUSED')
      expect(facts.data).to.include({ isThere: false, isWritable: true })
      expect(facts.runningPid).to.equal(null)
      expect(facts.openFiles).to.be.greaterThan(0)
    } finally {
      server.close()
    }
  })
})
