import fc from 'fast-check'
import type { Random } from '../../../db/demo/random.ts'
import { resolved, type Schema } from './document.ts'
import { impossible, naughty } from './naughty.ts'

/** Makes values from schemas; ids are those of things that are there, so that a request goes far. */
export interface Maker {
  readonly random: Random
  /** An id of a thing of this kind; `name` as a field is called: `contactId`. */
  idOf(name: string): string
  /** What stands where any text may; all that is naughty, unless told. */
  readonly texts?: readonly string[]
}

/** What the schema allows; `name` of the field helps to guess a good one. */
export function valid(maker: Maker, given: Schema, name = '', depth = 0): unknown {
  const { random } = maker
  const schema = resolved(given)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return valid(maker, random.pick(choices), name, depth)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return random.pick(schema.enum)
  switch (typeOf(random, schema)) {
    case 'string':
      return textFor(maker, schema, name)
    case 'integer':
    case 'number':
      return numberFor(random, schema)
    case 'boolean':
      return random.chance(0.5)
    case 'array':
      return arrayFor(maker, schema, name, depth)
    case 'object':
      return objectFor(maker, schema, name, depth)
    default:
      return null
  }
}

function typeOf(random: Random, schema: Schema): string {
  if (Array.isArray(schema.type)) return random.pick(schema.type)
  return schema.type ?? (schema.properties ? 'object' : random.pick(['string', 'number', 'object', 'null']))
}

function arrayFor(maker: Maker, schema: Schema, name: string, depth: number): unknown[] {
  if (schema.prefixItems) return schema.prefixItems.map((item) => valid(maker, item, name, depth + 1))
  const most = Math.min(schema.maxItems ?? 3, depth > 4 ? 1 : 3)
  const count = Math.max(schema.minItems ?? 0, maker.random.whole(0, most))
  return Array.from({ length: count }, () => valid(maker, schema.items ?? {}, name, depth + 1))
}

function objectFor(maker: Maker, schema: Schema, name: string, depth: number): Record<string, unknown> {
  const { random } = maker
  const made: Record<string, unknown> = {}
  for (const [key, own] of Object.entries(schema.properties ?? {})) {
    const isNeeded = schema.required?.includes(key) === true
    if (isNeeded || random.chance(depth > 4 ? 0.1 : 0.5)) made[key] = valid(maker, own, key, depth + 1)
  }
  if (typeof schema.additionalProperties === 'object' && random.chance(0.5))
    made[random.chance(0.5) ? maker.idOf(name) : random.pick(['main', 'x', 'name'])] = valid(
      maker,
      schema.additionalProperties,
      name,
      depth + 1
    )
  return made
}

function textFor(maker: Maker, schema: Schema, name: string): string {
  const { random } = maker
  const day = `20${random.whole(20, 29)}-${String(random.whole(1, 12)).padStart(2, '0')}-${String(random.whole(1, 28)).padStart(2, '0')}`
  switch (schema.format ?? '') {
    case 'uuid':
      return maker.idOf(name)
    case 'date':
      return day
    case 'date-time':
      return `${day}T${String(random.whole(0, 23)).padStart(2, '0')}:00:00.000Z`
    case 'email':
      return `someone${random.whole(0, 99)}@example.test`
    case 'uri':
      return `https://example.test/${random.whole(0, 99)}`
  }
  if (schema.pattern !== undefined) return matching(random, schema.pattern)
  const most = Math.min(schema.maxLength ?? 200, 5000)
  const guess = guessFor(random, name)
  const text = random.chance(0.15)
    ? 'x'.repeat(random.chance(0.5) ? most : 1)
    : (guess ?? random.pick(maker.texts ?? naughty))
  const cut = text.slice(0, most)
  return cut.length < (schema.minLength ?? 0) ? cut.padEnd(schema.minLength ?? 0, 'a') : cut
}

/** A field that is known by its name. */
function guessFor(random: Random, name: string): string | null {
  if (random.chance(0.3)) return null
  if (/phone|e164|^to$|number/i.test(name)) return `+7916${random.whole(1_000_000, 1_000_020)}`
  if (/zone/i.test(name)) return random.pick(['Europe/Moscow', 'UTC', 'Asia/Yekaterinburg'])
  if (/url|domain|host|origin/i.test(name)) return random.pick(['https://example.test/a', 'example.test'])
  if (/currency/i.test(name)) return 'RUB'
  if (/sort/i.test(name)) return random.pick(['name', '-name', 'createdAt', '-startedAt'])
  if (/path/i.test(name)) return '/'
  return null
}

const patterns = new Map<string, fc.Arbitrary<string>>()

/** A text that fits; texts of patterns which nobody can make backwards are plain. */
function matching(random: Random, pattern: string): string {
  let made = patterns.get(pattern)
  if (!made) {
    try {
      made = fc.stringMatching(new RegExp(pattern), { size: 'small' })
      fc.sample(made, 1)
    } catch {
      made = fc.constantFrom('abc', '1', 'example.test')
    }
    patterns.set(pattern, made)
  }
  return fc.sample(made, { numRuns: 1, seed: random.whole(0, 1e9) })[0] ?? ''
}

function numberFor(random: Random, schema: Schema): number {
  const least = schema.minimum ?? (schema.exclusiveMinimum === undefined ? 0 : schema.exclusiveMinimum + 1)
  const most =
    schema.maximum ?? (schema.exclusiveMaximum === undefined ? least + 100 : schema.exclusiveMaximum - 1)
  return random.pick([least, most, random.whole(least, Math.min(most, least + 1000))])
}

/** A tree deeper than anybody means. */
function deep(levels: number): unknown {
  let made: unknown = 'deep'
  for (let level = 0; level < levels; level += 1) made = level % 2 === 0 ? [made] : { a: made }
  return made
}

/** A value that nobody expects in this place. */
export function odd(random: Random): unknown {
  return random.pick<() => unknown>([
    () => null,
    () => true,
    () => '',
    () => ' ',
    () => [],
    () => ({}),
    () => [[]],
    () => [null],
    () => ({ $ne: null }),
    () => ({ toString: 1, length: -1 }),
    () => -1,
    () => 0.1,
    () => 1e308,
    () => 2 ** 31,
    () => 2 ** 53,
    () => -(2 ** 63),
    () => '1',
    () => 'x'.repeat(70_000),
    () => Array.from({ length: 3000 }, () => 'a'),
    () => deep(random.pick([50, 2000])),
    () => random.pick(naughty),
    () => random.pick(impossible),
    () => random.pick(impossible),
    () => '00000000-0000-0000-0000-000000000000',
    () => random.pick(['+79161234567890123', '+0', '8 (916) 111-22-33', 'anonymous', '112']),
    () =>
      random.pick(['2026-02-30', '0000-01-01', '+275760-09-13T00:00:00Z', '9999-12-31T23:59:59.999Z', '1e5']),
    () =>
      random.pick([
        'http://127.0.0.1:1/',
        'file:///etc/passwd',
        'http://[::1]/',
        'gopher://x',
        '//x',
        'http://u:p@x.test'
      ]),
    () => random.pick(['(((((a+)+)+)+)+)$', '[', '\\', '.*', '%', '_', '%25', "'"])
  ])()
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** The same with one place spoilt: another value there, the place gone, or one more. */
export function mutated(random: Random, value: unknown): unknown {
  if (!isTree(value) || random.chance(0.06)) return odd(random)
  const made = structuredClone(value)
  let at: Tree = made
  for (;;) {
    const keys = Object.keys(at)
    if (keys.length === 0 || random.chance(0.12)) {
      if (Array.isArray(at)) at.push(odd(random))
      else at[random.pick(['extra', 'id', 'constructor', 'role', 'x'.repeat(300), 'a\u0000b'])] = odd(random)
      return made
    }
    const key = random.pick(keys)
    const inner = at[key]
    if (isTree(inner) && random.chance(0.7)) {
      at = inner
      continue
    }
    if (random.chance(0.15) && !Array.isArray(at)) Reflect.deleteProperty(at, key)
    else at[key] = odd(random)
    return made
  }
}

/** How JSON itself can be wrong. */
export function brokenJson(random: Random, text: string): Buffer {
  return random.pick<() => Buffer>([
    () => Buffer.from(text.slice(0, Math.max(1, Math.floor(text.length / 2)))),
    () => Buffer.from(`${text}}`),
    () => Buffer.from(''),
    () => Buffer.from('\ufeff' + text),
    () => Buffer.from(`{"__proto__":{"role":"admin"},"constructor":{"prototype":{"x":1}},${text.slice(1)}`),
    () => Buffer.from('['.repeat(20_000)),
    () => Buffer.from('{"a":1e999999,"b":-0,"c":0x10}'),
    () => Buffer.from('NaN'),
    () => Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), Buffer.from('"}')]),
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.from('{"name":"a","name":{"b":1}}'),
    () => Buffer.from(`{"x":"${'y'.repeat(1_100_000)}"}`),
    () => Buffer.from('"text"'),
    () => Buffer.from('null')
  ])()
}
