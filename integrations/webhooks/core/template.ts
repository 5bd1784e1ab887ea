import { areWordsRight, formats } from './formats.ts'
import { valueOf, variables, type Facts, type Value } from './variables.ts'

/** A text between `{{…}}`, or what stands in them. */
type Part = { text: string } | { name: string; formats: readonly { name: string; words: string }[] }

export type TemplateProblem =
  | { code: 'unknownVariable'; name: string }
  | { code: 'unknownFormat'; name: string }
  | { code: 'notClosed'; name: string }

const hole = /\{\{([^{}]*)\}\}/g

/** Reads a text with `{{variable}}` and `{{variable|format:words|…}}`; says what it does not understand. */
export function parse(source: string): { parts: Part[]; problems: TemplateProblem[] } {
  const parts: Part[] = []
  const problems: TemplateProblem[] = []
  const addText = (text: string): void => {
    // A typing error, which would be sent as it stands. (`}}` ends objects in JSON, and is none.)
    const at = text.indexOf('{{')
    if (at >= 0) problems.push({ code: 'notClosed', name: text.slice(at, at + 30) })
    if (text !== '') parts.push({ text })
  }
  let from = 0
  for (const match of source.matchAll(hole)) {
    addText(source.slice(from, match.index))
    from = match.index + match[0].length
    const [name = '', ...rest] = (match[1] ?? '').split('|').map((piece) => piece.trim())
    const asked = rest.map((piece) => {
      const at = piece.indexOf(':')
      return at < 0
        ? { name: piece, words: '' }
        : { name: piece.slice(0, at).trim(), words: piece.slice(at + 1) }
    })
    if (!Object.hasOwn(variables, name)) problems.push({ code: 'unknownVariable', name })
    for (const each of asked) {
      const format = Object.hasOwn(formats, each.name) ? formats[each.name] : undefined
      const isRight =
        format && (format.takesWords === true) === (each.words !== '') && areWordsRight(each.name, each.words)
      if (!isRight)
        problems.push({
          code: 'unknownFormat',
          name: each.words === '' ? each.name : `${each.name}:${each.words}`
        })
    }
    parts.push({ name, formats: asked })
  }
  addText(source.slice(from))
  return { parts, problems }
}

function evaluate(part: Exclude<Part, { text: string }>, facts: Facts): Value {
  return part.formats.reduce<Value>(
    (value, { name, words }) => formats[name]?.apply(value, words, facts.timeZone) ?? null,
    valueOf(part.name, facts)
  )
}

/** Half a surrogate pair is no text: a URL could not even be made of it. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')
const asText = (value: Value): string => (value === null ? '' : wellFormed(String(value)))

const fill = (source: string, facts: Facts, write: (value: Value) => string): string =>
  parse(source)
    .parts.map((part) => ('text' in part ? part.text : write(evaluate(part, facts))))
    .join('')

/** As it stands: for values that whoever uses them writes as a form or a query. */
export const renderPlain = (source: string, facts: Facts): string => fill(source, facts, asText)

/** Into path or query of a URL: a value is never more than a part of one segment or parameter. */
export const renderUrl = (source: string, facts: Facts): string =>
  fill(source, facts, (value) => encodeURIComponent(asText(value)))

/** Into a header: no line breaks, and of other alphabets percent signs, as headers know Latin letters only. */
export const renderHeader = (source: string, facts: Facts): string =>
  fill(source, facts, (value) =>
    asText(value)
      .replace(/\p{Cc}+/gu, ' ')
      .replace(/[^\x20-\x7e]+/gu, encodeURIComponent)
  ).trim()

/** Into JSON: inside quotes as text, outside them as a value with its own type. */
export function renderJson(source: string, facts: Facts): string {
  let isQuoted = false
  return parse(source)
    .parts.map((part) => {
      if ('text' in part) {
        isQuoted = endsQuoted(part.text, isQuoted)
        return part.text
      }
      const value = evaluate(part, facts)
      if (isQuoted) return JSON.stringify(asText(value)).slice(1, -1)
      return JSON.stringify(typeof value === 'string' ? wellFormed(value) : value)
    })
    .join('')
}

/** Whether a JSON text ends inside a string. */
function endsQuoted(text: string, isQuotedBefore: boolean): boolean {
  let isQuoted = isQuotedBefore
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted
    else if (isQuoted && text[at] === '\\') at++
  }
  return isQuoted
}
