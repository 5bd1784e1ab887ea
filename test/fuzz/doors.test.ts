import { expect } from 'chai'
import { io } from 'socket.io-client'
import { attachLive, type Live } from '../../api/live.ts'
import type { Random } from '../../db/demo/random.ts'
import { screensAt } from '../api/support/screens.ts'
import { docx } from '../support/docx.ts'
import { until } from '../support/until.ts'
import { ask, createPeople, type Asked } from './support/asking.ts'
import { spoilt } from './support/bytes.ts'
import { impossible, naughty } from './support/naughty.ts'
import { everyRound, isLong, roundsMs } from './support/rounds.ts'
import { sumsOf } from './support/sums.ts'
import { brokenJson, mutated, odd } from './support/values.ts'
import { workbook } from './support/workbook.ts'
import { startWorld } from './support/world.ts'

const times = isLong ? 400 : 50

describe('The doors that stand open', function () {
  this.timeout(roundsMs)
  let world: Awaited<ReturnType<typeof startWorld>>
  let people: Awaited<ReturnType<typeof createPeople>>
  let live: Live
  const screens = screensAt(() => world.rig)
  before(async function () {
    this.timeout(120_000)
    world = await startWorld(20)
    live = attachLive(world.rig.server, world.rig.deps)
    people = await createPeople(world.rig)
  })
  after(async () => {
    screens.close()
    await live.close()
    await world.close()
  })

  /** @returns the status; fails on one that says that we are at fault */
  async function answered(asked: Asked): Promise<number> {
    const { status, body } = await ask(world.rig.port, asked)
    expect(
      status,
      `${asked.method} ${asked.path} ${String(asked.body).slice(0, 800)}: ${body.toString()}`
    ).to.be.within(200, 499)
    return status
  }

  it('of tracking take odd visits, forms and heartbeats, and touch nobody else’s', () =>
    everyRound('doors', async (random) => {
      const { rig, tracking } = world
      const [site] = tracking.config.sites.values()
      if (!site) throw new Error('The demo has no site')
      const origin = `https://${site.domain}`
      const others = (): Promise<unknown> => rig.db('visits').where('started_at', '<', since).orderBy('id')
      const since = new Date(Date.now() - 60_000)
      const before = JSON.stringify(await others())
      const [visit] = await rig
        .db('visits')
        .limit(1)
        .select<{ id: string; visitor_id: string }[]>('id', 'visitor_id')
      const sound = {
        visits: {
          key: site.key,
          url: `${origin}/?utm_source=a`,
          at: 1,
          groups: ['main'],
          title: 'x',
          ids: { _ga: 'GA1.1.1.2' }
        },
        heartbeat: {
          key: site.key,
          visitor: '0b8e4a0a-7f0f-4b7e-8a55-6f9c1d2e3f40',
          visit: '0b8e4a0a-7f0f-7b7e-8a55-6f9c1d2e3f41',
          at: 5
        },
        forms: {
          key: site.key,
          visitor: '0b8e4a0a-7f0f-4b7e-8a55-6f9c1d2e3f40',
          fields: { name: 'x', phone: '+79161112233' },
          form: 'x',
          url: origin
        },
        events: {
          key: site.key,
          visitor: '0b8e4a0a-7f0f-4b7e-8a55-6f9c1d2e3f40',
          kind: 'event',
          name: 'x',
          data: { a: 1 }
        },
        callbacks: { key: site.key, phone: '+79161112233', name: 'x' }
      }
      for (let turn = 0; turn < times; turn += 1) {
        const [path, body] = random.pick(Object.entries(sound))
        const filled = random.chance(0.4)
          ? {
              ...body,
              url: `${origin}/${random.pick(naughty)}`,
              title: random.pick([...naughty, ...impossible])
            }
          : body
        const text = JSON.stringify(random.chance(0.7) ? mutated(random, filled) : filled) ?? 'null'
        await answered({
          ...{ method: 'POST', path: `/api/track/${path}` },
          headers: {
            Origin: random.pick([origin, origin, origin, 'null', 'https://evil.test', 'x']),
            'Content-Type': random.pick(['text/plain', 'application/json', 'x'])
          },
          body: random.chance(0.15) ? brokenJson(random, text) : text
        })
      }
      for (const text of [...naughty, 'x'.repeat(6000)])
        await answered({ method: 'GET', path: `/t.js?key=${encodeURIComponent(text)}&key=${site.key}&x[]=1` })
      // Who knows a visit, but not its visitor, moves nothing of it.
      if (visit) {
        const stolen = { ...sound.heartbeat, visit: visit.id, leaving: true, active: true }
        await answered({
          method: 'POST',
          path: '/api/track/heartbeat',
          headers: { Origin: origin },
          body: JSON.stringify(stolen)
        })
      }
      expect(JSON.stringify(await others()), 'visits that were there before').to.equal(before)
    }))

  it('of other systems take any body: what is no link’s own changes nothing', () =>
    everyRound('doors', async (random) => {
      const before = await sumsOf(world.rig.db)
      const nested = { path: '/api/hooks/bitrix24/x', body: `a${'[b]'.repeat(500)}=1` }
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      expect(await answered({ ...nested, method: 'POST', headers }), 'a form without a bottom').to.equal(400)
      const kinds = [
        'bitrix24',
        'amocrm',
        'megafon',
        'ringostat',
        'calltouch',
        'onec',
        'x',
        '__proto__',
        'constructor'
      ]
      for (let turn = 0; turn < times; turn += 1) {
        const type = random.pick([
          'application/json',
          'application/x-www-form-urlencoded',
          'text/xml',
          'multipart/form-data; boundary=x',
          ''
        ])
        const body = random.pick<() => string | Buffer>([
          () => JSON.stringify(odd(random)) ?? '',
          () => brokenJson(random, '{"event":"x"}'),
          () =>
            `a[b][c]=1&a=2&__proto__[x]=1&${'d[e]=1&'.repeat(random.pick([1, 300]))}${encodeURIComponent(random.pick(naughty))}=%00`,
          () => `a${'[b]'.repeat(500)}=1`
        ])()
        const token = encodeURIComponent(random.pick(['x', 'x'.repeat(3000), ...naughty]))
        const path = `/api/hooks/${random.pick(kinds)}/${token}${random.pick(['', '/a', '/%2e%2e/%00', '//x'])}`
        await answered({
          method: random.pick(['POST', 'POST', 'GET']),
          path,
          headers: { 'Content-Type': type },
          ...(body !== '' && { body })
        })
      }
      expect(
        [...(await sumsOf(world.rig.db))].filter(([table, sum]) => before.get(table) !== sum)
      ).to.deep.equal([])
    }))

  it('of files take tables, schemes and documents of any making, and keep what they refuse away from all rows', () =>
    everyRound('doors', async (random) => {
      const csv = Buffer.from(
        'Номер;Название;Телефон;День;Сумма;Источник\r\n+74951110001;=1+1;+79161112233;2026-11-01;"1 234,50";yandex\r\n'
      )
      const book = workbook([
        ['Номер', 'Название', 'Телефон'],
        ['+74951110002', `${'a'.repeat(32_766)}👍`, '+79161112234']
      ])
      const scheme = {
        format: 'ringtrace-scheme',
        formatVersion: 1,
        name: 'x',
        checks: [],
        scheme: {
          locale: 'ru',
          start: 'a',
          blocks: { a: { type: 'hangup', settings: { reason: 'closed' }, exits: {} } }
        }
      }
      const paper = docx(['{{client.name}} {{#deal.lines}}{{name}}{{/deal.lines}}', ...naughty.slice(0, 12)])
      const things = ['numbers', 'users', 'sources', 'contacts', 'trunks', 'x']
      for (let turn = 0; turn < times; turn += 1) {
        const [path, sound, fields] = random.pick([
          ['imports/preview', random.pick([csv, book]), { things: random.pick(things) }],
          ['imports', random.pick([csv, book]), { things: random.pick(things) }],
          ['client-imports', random.pick([csv, book]), { things: random.pick(['contacts', 'deals']) }],
          ['cost-imports/preview', csv, {}],
          ['document-templates', paper, { name: random.pick(naughty) }]
        ] as [string, Buffer, Record<string, string>][])
        const bytes = random.chance(0.7) ? spoilt(random, sound) : sound
        const before = random.chance(0.1) ? await sumsOf(world.rig.db) : null
        const fileName = random
          .pick(['a.csv', '../../a.xlsx', `${'👍'.repeat(101)}.docx`, 'a\u202ecod.exe', '"; x="', ...naughty])
          .replace(/["\r\n]/g, '%22')
        const status = await answered({
          ...form(fields, fileName, bytes),
          path: `/api/${path}`,
          method: 'POST'
        })
        if (!before || status < 400) continue
        const after = await sumsOf(world.rig.db)
        expect(
          [...after].filter(([table, sum]) => before.get(table) !== sum),
          path
        ).to.deep.equal([])
      }
      for (let turn = 0; turn < times / 2; turn += 1)
        await answered({
          ...{ method: 'POST', path: '/api/schemes/import' },
          headers: { ...people.headersOf('admin'), 'Content-Type': 'application/json' },
          body: JSON.stringify(mutated(random, mutated(random, scheme))) ?? 'null'
        })
    }))

  /** A form with a file, as a browser sends it. */
  function form(
    fields: Record<string, string>,
    fileName: string,
    bytes: Buffer
  ): Pick<Asked, 'headers' | 'body'> {
    const lines = Object.entries(fields).map(
      ([name, value]) => `--fuzz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    )
    const head = `${lines.join('')}--fuzz\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`
    return {
      headers: { ...people.headersOf('admin'), 'Content-Type': 'multipart/form-data; boundary=fuzz' },
      body: Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--fuzz--\r\n')])
    }
  }

  it('of the live feed stay open for others, whatever one client says', () =>
    everyRound('doors', async (random) => {
      const { rig } = world
      const good = await screens.screen(rig.as.supervisor)
      const bad = await screens.screen(rig.as.operator)
      for (let turn = 0; turn < times; turn += 1) sayOdd(random, bad.socket)
      // Beginnings that are none.
      for (const auth of [
        { epoch: 1, seq: 'x' },
        { token: { $ne: null } },
        { token: 'x'.repeat(5000) },
        { seq: -1e308, epoch: good.hello.epoch }
      ]) {
        const socket = io(rig.url, {
          path: '/live',
          transports: ['websocket'],
          reconnection: false,
          forceNew: true,
          auth,
          extraHeaders: { cookie: rig.as.operator.cookie }
        })
        await new Promise<void>((resolve) => {
          socket.once('connect_error', () => resolve())
          socket.once('hello', () => resolve())
        })
        socket.disconnect()
      }
      for (const path of [
        '/live/?EIO=4&transport=polling&sid=x',
        '/live/?EIO=99&transport=x',
        '/live/?EIO=4&transport=polling&sid[]=__proto__'
      ])
        await answered({
          method: 'POST',
          path,
          body: '4"x"',
          headers: { 'Content-Type': 'text/plain', ...people.headersOf('operator') }
        })
      const before = good.events.length
      for (let seq = 1; seq <= 20; seq += 1)
        rig.pbx.feed.journal(`0190a000-0000-7000-8000-0000000000${String(seq).padStart(2, '0')}`)
      await until(() => good.events.slice(before).filter(({ name }) => name === 'journal').length >= 20, {
        what: 'the others hear all'
      })
      const heard = good.events.slice(before).filter(({ name }) => name === 'journal')
      expect(heard.map(({ data }) => String(data['callId']).slice(-2))).to.deep.equal(
        Array.from({ length: 20 }, (_, n) => String(n + 1).padStart(2, '0'))
      )
      expect(good.socket.connected).to.equal(true)
      screens.close()
    }))
})

interface Sender {
  emit(name: string, ...args: unknown[]): unknown
}
/** One event that no page of ours sends. */
function sayOdd(random: Random, socket: Sender): void {
  const name = random.pick(['setPresence', 'setPresence', 'hello', 'call', 'x', '__proto__', 'constructor'])
  const value = random.pick<() => unknown>([
    () => odd(random),
    () => ({ presence: odd(random), reason: odd(random) }),
    () => Buffer.alloc(2000, 1),
    () => ({ presence: 'away', reason: random.pick([...naughty, ...impossible]) }),
    () => 'x'.repeat(20_000)
  ])()
  socket.emit(
    name,
    ...random.pick([[value], [], [value, value], [value, () => undefined], [() => undefined]])
  )
}
