import { expect } from 'chai'
import { roles, type Role } from '../../api/contract/common.ts'
import { problems } from '../../api/problems.ts'
import { createRandom, type Random } from '../../db/demo/random.ts'
import { ask, createPeople, type Asked, type Heard } from './support/asking.ts'
import { fault, readDocument, type Operation } from './support/document.ts'
import { everyRound, isLong, roundsMs } from './support/rounds.ts'
import { impossible, naughty } from './support/naughty.ts'
import { createPools, type Pools } from './support/pools.ts'
import { sumsOf } from './support/sums.ts'
import { brokenJson, mutated, odd, valid, type Maker } from './support/values.ts'
import { startWorld } from './support/world.ts'

/** What ends a session, or the company: it is asked for wrongly only. */
const ends = new Set(['POST /api/auth/logout', 'DELETE /api/me/sessions', 'DELETE /api/demo'])
/** Refusals with 5xx that are no faults of ours. */
const away = new Set(['foreign_system', 'speech_failed', 'tracking_away'])
/** Requests to each operation in a round: one as the document wants it, the others spoilt. */
const perOperation = isLong ? 8 : 2

describe('The HTTP interface, asked by its own document with values that nobody means', function () {
  this.timeout(roundsMs)
  let world: Awaited<ReturnType<typeof startWorld>>
  let people: Awaited<ReturnType<typeof createPeople>>
  let pools: Pools
  let operations: readonly Operation[]

  before(async function () {
    this.timeout(120_000)
    world = await startWorld()
    people = await createPeople(world.rig)
    pools = createPools()
    operations = readDocument(
      (await ask(world.rig.port, { method: 'GET', path: '/api/openapi.json' })).body.toString()
    )
    // Whatever is there may be named by what comes.
    for (const operation of operations) {
      if (operation.method !== 'GET' || operation.path.includes('{')) continue
      const heard = await ask(world.rig.port, {
        ...{ method: 'GET', path: operation.path },
        headers: people.headersOf('admin')
      })
      pools.learn(operation.path, heard.body)
    }
  })
  after(() => world.close())

  /** One request to an operation, and whether it is one that the document allows. */
  function made(random: Random, operation: Operation, isSpoilt: boolean): Asked {
    const maker: Maker = { random, idOf: (name) => pools.idOf(random, name) }
    const spoil = isSpoilt ? random.weighted(spoilings) : 'nothing'
    const at = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) =>
      spoil === 'path'
        ? random.pick([...naughty, 'not-an-id', 'x'.repeat(6000)].map(inPath).concat('%', '%00', '%ff%fe'))
        : name === 'id'
          ? pools.idAt(random, operation.path)
          : inPath(random.pick(['x', 'bitrix24', ...naughty.slice(0, 20)]))
    )
    const query = queryOf(maker, operation, spoil === 'query')
    const headers: Record<string, string> = {}
    let body: Asked['body']
    const json = operation.bodies['application/json']
    if (json) {
      const value = valid(maker, json.schema)
      const text = JSON.stringify(spoil === 'body' ? mutated(random, value) : value)
      headers['Content-Type'] = 'application/json'
      body = spoil === 'json' ? brokenJson(random, text) : text
    } else if (spoil === 'body' && operation.method !== 'GET') {
      headers['Content-Type'] = 'application/json'
      body = JSON.stringify(odd(random) ?? null)
    }
    if (spoil === 'type') headers['Content-Type'] = random.pick(types)
    if (spoil === 'type' && body === undefined && operation.method !== 'GET') body = 'x=1&y[]=2'
    if (spoil === 'headers') {
      headers['Idempotency-Key'] = random.pick(['', 'x'.repeat(300), 'a', '"', '\u00ff'])
      headers['If-Match'] = random.pick([
        '*',
        '"x"',
        '""',
        '"9999-99-99"',
        'W/"1"',
        '"2026-01-01T00:00:00.000Z"'
      ])
      headers['Range'] = random.pick(['bytes=-1', 'bytes=9-1', 'bytes=0-,1-', 'lines=1-2'])
      headers['Accept-Language'] = random.pick(['*', 'xx', ';q=', 'ru;q=9'])
    }
    return { method: operation.method, path: `${at}${query}`, headers, body }
  }

  /** What is wrong with an answer; null when all is well. */
  function wrong(operation: Operation, asked: Asked, heard: Heard): string | null {
    const { status, type } = heard
    const text = heard.body.toString()
    if (status >= 400) {
      // Pages for people say in words what is wrong.
      const isPage = operation.answers['200']?.content?.['text/html'] !== undefined
      if (isPage && status < 500 && type.startsWith('text/html')) return null
      if (!type.startsWith('application/problem+json')) return `${status} as ${type}: ${text.slice(0, 200)}`
      const told = JSON.parse(text) as { code: keyof typeof problems; status: number }
      const shape = fault(
        operation.answers['default']?.content?.['application/problem+json']?.schema ?? {},
        told
      )
      if (shape !== null) return `${status}: ${shape}`
      if (problems[told.code][0] !== status) return `${status} says ${told.code}`
      return status >= 500 && !away.has(told.code) ? `${status} ${told.code}` : null
    }
    const told = operation.answers[String(status)]
    if (!told) return `${status}, which is not told of`
    const schema = told.content?.['application/json']?.schema
    // Lists and reports come as files too, where `format` asks for that.
    if (!schema || asked.path.includes('format=')) return null
    const shape = fault(schema, JSON.parse(text))
    return shape === null ? null : `${status}: ${shape}`
  }

  it('never fails, never hangs, says what it promised to say, and a refusal has changed nothing', async () => {
    await everyRound('http', async (_random, seed) => {
      const faults: string[] = []
      const counts = new Map<number, number>()
      for (const [index, operation] of operations.entries()) {
        const name = `${operation.method} ${operation.path}`
        // So that a fault is found again without the operations before it.
        const own = createRandom(seed * 1000 + index)
        for (let turn = 0; turn < perOperation; turn += 1) {
          const isSpoilt = turn > 0 || ends.has(name)
          const asked = made(own, operation, isSpoilt)
          const role = own.weighted<Role | null>([
            ['admin', 12],
            ...roles.map((one) => [one, 1] as const),
            [null, 1]
          ])
          const isWatched = operation.method !== 'GET' && own.chance(isLong ? 0.1 : 0.02)
          const before = isWatched ? await sumsOf(world.rig.db) : null
          const headers = { ...(role && people.headersOf(role)), ...asked.headers }
          const said = `${role ?? 'nobody'}: ${name}: ${asked.path.slice(0, 300)} ${String(asked.body ?? '').slice(0, 600)}`
          const startMs = Date.now()
          let heard = await ask(world.rig.port, { ...asked, headers }).catch((error: unknown) =>
            String(error)
          )
          if (typeof heard !== 'string' && heard.status === 401 && role !== null && !operation.isPublic) {
            await people.revive(role)
            heard = await ask(world.rig.port, {
              ...asked,
              headers: { ...asked.headers, ...people.headersOf(role) }
            })
          }
          const tookMs = Date.now() - startMs
          if (process.env['FUZZ_TELL'] && tookMs > 1500) console.log(`${tookMs} ms`, said)
          const found = typeof heard === 'string' ? heard : wrong(operation, asked, heard)
          if (found !== null) faults.push(`${found}\n      ${said}`)
          if (typeof heard === 'string') continue
          counts.set(heard.status, (counts.get(heard.status) ?? 0) + 1)
          if (heard.status < 300) pools.learn(operation.path, heard.body)
          if (before && heard.status >= 400) {
            const after = await sumsOf(world.rig.db)
            const changed = [...after]
              .filter(([table, sum]) => before.get(table) !== sum)
              .map(([table]) => table)
            if (changed.length > 0)
              faults.push(`${heard.status}, yet changed ${changed.join(', ')}\n      ${said}`)
          }
        }
      }
      if (process.env['FUZZ_TELL']) console.log(Object.fromEntries(counts))
      expect(faults.join('\n    '), `${faults.length} faults`).to.equal('')
      // Otherwise the document was no guide to what is taken, and nothing was tried.
      expect((counts.get(200) ?? 0) + (counts.get(201) ?? 0), 'requests that were taken').to.be.greaterThan(
        200
      )
      expect((await ask(world.rig.port, { method: 'GET', path: '/api/health' })).status).to.equal(200)
    })
  })
})

type Spoiling = 'path' | 'query' | 'body' | 'json' | 'type' | 'headers'
const spoilings: readonly (readonly [Spoiling, number])[] = [
  ['path', 1],
  ['query', 2],
  ['body', 8],
  ['json', 1],
  ['type', 1],
  ['headers', 1]
]
const types = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-7',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'audio/wav',
  'application/json, text/html',
  '\u00ff'
]

/** A text in an address, also one that UTF-8 has no letters for. */
function inPath(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/^\.+/, (dots) =>
    dots.replaceAll('.', '%2e')
  )
}

function queryOf(maker: Maker, operation: Operation, isSpoilt: boolean): string {
  const { random } = maker
  const parts = operation.params
    .filter((param) => param.in === 'query' && (param.required === true || random.chance(0.4)))
    .map(({ name, schema }) => [name, valid(maker, schema, name)] as const)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${inPath(typeof value === 'string' ? value : JSON.stringify(value))}`)
  if (isSpoilt) {
    const names = operation.params.filter((param) => param.in === 'query').map(({ name }) => name)
    const name = random.pick([...names, ...names, 'x', '__proto__', 'limit'])
    const value = random.pick<() => string>([
      () => inPath(random.pick(naughty)),
      () => inPath(random.pick(impossible)),
      () =>
        random.pick([
          '%00',
          '%ED%A0%80',
          '%',
          '%zz',
          '-1',
          '1e400',
          '99999999999999999999',
          '0x10',
          '%20',
          ''
        ]),
      () => 'x'.repeat(6000),
      () => `1&${name}=2`,
      () => `1&${name}[a]=2&${name}[]=3`
    ])()
    parts.push(`${name}=${value}`)
  }
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
