import { z } from 'zod'
import { blockKinds } from './blocks/index.ts'

/** How a setting is asked for. */
export type FieldKind =
  | 'toggle'
  | 'number'
  | 'choice'
  | 'text'
  | 'phone'
  | 'key'
  | 'words'
  | 'sounds'
  | 'speech'
  | 'keys'
  | 'hours'
  | 'dates'
  | 'timeZone'
  | 'shares'
  | 'rules'
  | 'group'
  | 'groups'
  | 'trunk'
  | 'scheme'
  | 'schedule'
  | 'music'

/** One setting of a kind of block, as an editor needs it; read from the block's own schema. */
export interface SettingField {
  name: string
  kind: FieldKind
  /** May be null, which means none. */
  isNullable: boolean
  /** Has no default: the block cannot run without it. */
  isRequired: boolean
  /** What stands there when nothing is given. */
  initial: unknown
  min: number | null
  max: number | null
  /** Of a `choice`. */
  options: readonly string[]
}

type Json = Record<string, unknown>

const known = new Map<string, readonly SettingField[]>()

/** The settings of a kind of block in the order of its schema; none for a type that is not there. */
export function fieldsOf(type: string): readonly SettingField[] {
  const found = known.get(type)
  if (found !== undefined) return found
  const schema = blockKinds.get(type)?.schema
  const json = schema === undefined ? {} : (z.toJSONSchema(schema, { io: 'input' }) as Json)
  const required = Array.isArray(json['required']) ? (json['required'] as unknown[]) : []
  const fields = Object.entries((json['properties'] ?? {}) as Record<string, Json>)
    // What is put in for calls is nobody's to set.
    .filter(([, given]) => given['isInner'] !== true)
    .map(([name, given]) => fieldOf(name, given, required.includes(name)))
  known.set(type, fields)
  return fields
}

function fieldOf(name: string, given: Json, isRequired: boolean): SettingField {
  const branches = Array.isArray(given['anyOf']) ? (given['anyOf'] as Json[]) : [given]
  const isNullable = branches.some(({ type }) => type === 'null')
  const shape = branches.find(({ type }) => type !== 'null') ?? given
  const numbers = (key: string): number | null => (typeof shape[key] === 'number' ? shape[key] : null)
  return {
    name,
    kind: kindOf(name, shape),
    isNullable,
    isRequired,
    initial: given['default'] ?? null,
    min: numbers('minimum'),
    max: numbers('maximum'),
    options: Array.isArray(shape['enum']) ? shape['enum'].map(String) : []
  }
}

/** By the shape of the value; what stands outside the scheme goes by its name, as in `validate.ts`. */
function kindOf(name: string, shape: Json): FieldKind {
  if (/groupIds$/i.test(name)) return 'groups'
  if (/groupId$/i.test(name)) return 'group'
  if (/trunkId$/i.test(name)) return 'trunk'
  if (name === 'schemeId') return 'scheme'
  if (name === 'scheduleId') return 'schedule'
  if (name === 'musicClass') return 'music'
  if (name === 'timeZone') return 'timeZone'
  switch (shape['type']) {
    case 'boolean':
      return 'toggle'
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return listKind((shape['items'] ?? {}) as Json)
    case 'object':
      return 'mon' in ((shape['properties'] ?? {}) as Json) ? 'hours' : 'shares'
    default:
      if (Array.isArray(shape['enum'])) return 'choice'
      if (shape['pattern'] === '^[0-9*#]$') return 'key'
      return /number$/i.test(name) ? 'phone' : 'text'
  }
}

function listKind(items: Json): FieldKind {
  if (Array.isArray(items['anyOf'])) return 'speech'
  const properties = (items['properties'] ?? {}) as Json
  if ('sound' in properties) return 'sounds'
  if ('digit' in properties) return 'keys'
  if ('conditions' in properties) return 'rules'
  return items['format'] === 'date' ? 'dates' : 'words'
}
