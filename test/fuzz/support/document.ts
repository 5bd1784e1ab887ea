/** As much of JSON Schema as the document of the API is written in. */
export interface Schema {
  type?: string | string[]
  $ref?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  items?: Schema
  prefixItems?: Schema[]
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  pattern?: string
  format?: string
}

interface Content {
  schema: Schema
}
export interface Operation {
  method: string
  path: string
  isPublic: boolean
  params: { name: string; in: 'query' | 'path' | 'header'; required?: boolean; schema: Schema }[]
  bodies: Record<string, Content>
  /** By status, and `default`. */
  answers: Record<string, { content?: Record<string, Content> }>
}

interface Document {
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, Schema> }
}

let schemas: Record<string, Schema> = {}

/** Takes the document as the API gives it; its own test sees to it that it is the one of `docs/openapi.json`. */
export function readDocument(text: string): readonly Operation[] {
  const document = JSON.parse(text) as Document
  schemas = document.components.schemas
  return Object.entries(document.paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, said]) => {
      const { parameters, requestBody, responses, security } = said as {
        parameters?: Operation['params']
        requestBody?: { content: Operation['bodies'] }
        responses: Operation['answers']
        security?: unknown
      }
      return {
        method: method.toUpperCase(),
        path: at,
        isPublic: security === undefined,
        params: parameters ?? [],
        bodies: requestBody?.content ?? {},
        answers: responses
      }
    })
  )
}

/** A schema itself, where another one only names it. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const found = schemas[schema.$ref.split('/').at(-1) ?? '']
  if (!found) throw new Error(`The document has no ${schema.$ref}`)
  return resolved(found)
}

/** @returns where and why `value` is not what the schema says; null when it is */
export function fault(given: Schema, value: unknown, at = ''): string | null {
  const schema = resolved(given)
  const wrong = (why: string): string => `${at === '' ? 'the answer' : at} ${why}`
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) {
    const faults = choices.map((choice) => fault(choice, value, at))
    if (!faults.includes(null)) return faults.join(' / ')
  }
  for (const part of schema.allOf ?? []) {
    const found = fault(part, value, at)
    if (found !== null) return found
  }
  if (schema.enum && !schema.enum.includes(value)) return wrong(`is ${short(value)}, none of its words`)
  if (schema.const !== undefined && schema.const !== value) return wrong(`is ${short(value)}`)
  const types = schema.type === undefined ? null : [schema.type].flat()
  if (types && !types.some((type) => isOfType(type, value)))
    return wrong(`is ${short(value)}, not ${types.join(' or ')}`)
  if (typeof value === 'string') return textFault(schema, value, wrong)
  if (typeof value === 'number') return numberFault(schema, value, wrong)
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) return wrong('has too few items')
    if (value.length > (schema.maxItems ?? Infinity)) return wrong('has too many items')
    return firstOf(value, (item, index) => {
      const own = schema.prefixItems?.[Number(index)] ?? schema.items
      return own ? fault(own, item, `${at}[${index}]`) : null
    })
  }
  if (typeof value !== 'object' || value === null) return null
  const missing = (schema.required ?? []).find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return wrong(`has no ${missing}`)
  return firstOf(value, (item, name) => {
    const own = schema.properties?.[name]
    if (own) return fault(own, item, `${at}.${name}`)
    if (schema.additionalProperties === false) return wrong(`has ${name}, which is not told of`)
    return typeof schema.additionalProperties === 'object'
      ? fault(schema.additionalProperties, item, `${at}.${name}`)
      : null
  })
}

function firstOf(value: object, look: (item: unknown, name: string) => string | null): string | null {
  for (const [name, item] of Object.entries(value)) {
    const found = look(item, name)
    if (found !== null) return found
  }
  return null
}

const short = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 80)

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

type Wrong = (why: string) => string

function textFault(schema: Schema, value: string, wrong: Wrong): string | null {
  const length = [...value].length
  if (length < (schema.minLength ?? 0) && value.length < (schema.minLength ?? 0)) return wrong('is too short')
  if (length > (schema.maxLength ?? Infinity)) return wrong(`is too long: ${short(value)}`)
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
    return wrong(`is ${short(value)}, not ${schema.pattern}`)
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) return wrong(`is ${value}, no time`)
  return null
}

function numberFault(schema: Schema, value: number, wrong: Wrong): string | null {
  const isIn =
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    (schema.exclusiveMinimum === undefined || value > schema.exclusiveMinimum) &&
    (schema.exclusiveMaximum === undefined || value < schema.exclusiveMaximum)
  return isIn ? null : wrong(`is ${value}, out of its bounds`)
}
