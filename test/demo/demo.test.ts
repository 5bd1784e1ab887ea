import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from '../../config.ts'
import { createDemo } from '../../demo/demo.ts'
import type { Demo } from '../../demo/demo.ts'
import { describeMoment } from '../../demo/words.ts'
import { createTestDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

describe('A test call', function () {
  this.timeout(60_000)
  let database: TestDatabase
  let demo: Demo
  let dataDir: string

  before(async () => {
    database = await createTestDatabase()
    dataDir = await mkdtemp(join(tmpdir(), 'rt-demo-call-'))
    // No Asterisk can be run from this home: what is asked of the caller must be answered without one.
    const home = {
      root: '/',
      version: '0',
      modulesDir: '/',
      dataDir: '/',
      command: () => ({ file: 'false', args: [] })
    }
    const config = readConfig({ DATA_DIR: dataDir, DEMO_SIP_PORT: '26080' })
    demo = createDemo({
      home,
      dir: join(dataDir, 'carrier'),
      config,
      db: database.db,
      log: pino({ level: 'silent' })
    })
  })
  after(async () => {
    await demo.stop()
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const refused: [wish: Record<string, string>, code: string][] = [
    [{}, 'noNumber'],
    [{ to: 'anonymous' }, 'badNumber'],
    [{ to: '+74950102030', from: "'; drop table calls" }, 'badNumber'],
    [{ scenario: 'singing' }, 'badScenario']
  ]
  for (const [wish, code] of refused) {
    it(`is refused with ${code} for ${JSON.stringify(wish)}`, async () => {
      const result = await demo.placeTestCall(wish)
      expect(result).to.include({ ok: false, code })
    })
  }

  it('is refused with the reason when the carrier cannot run, and the rest goes on', async () => {
    await demo.start()
    const result = await demo.placeTestCall({ to: '+74950102030' })
    expect(result).to.include({ ok: false, code: 'carrierDown' })
    expect(result.ok ? '' : result.detail).to.contain('espeak-ng')
  })
})

describe('A call in plain words', () => {
  it('says who calls from where, and what became of it', () => {
    const initiated = describeMoment('call.initiated', {
      caller: { number: '+79450001122', name: null, country: 'RU', region: 'Мобильный' },
      contact: { id: '1', name: 'Ирина Смирнова', company: null },
      source: { name: 'Авито', campaign: null },
      number: { id: '2', e164: '+74950102037', label: 'Авито' },
      scheme: { id: '3', name: 'Магазин', version: 1 }
    })
    expect(initiated).to.equal('Ирина Смирнова calls Авито (Мобильный, source Авито). Scheme: Магазин.')
    expect(describeMoment('call.ended', { outcome: 'answered', talkSeconds: 30, totalSeconds: 47 })).to.equal(
      'The call has ended: answered, 47 s in all, 30 s of talk'
    )
  })

  it('is silent about rows that tell a newcomer nothing', () => {
    expect(describeMoment('played', {})).to.equal(null)
    expect(describeMoment('constructor', {})).to.equal(null)
  })
})
