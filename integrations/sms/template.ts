/** PURE. A gateway's request, as an admin has described it. */
export interface SmsTemplate {
  url: string
  method: 'GET' | 'POST'
  /** How the body is written; `none` has none. */
  body: 'none' | 'form' | 'json'
  /** JSON text, or `name=value` lines of a form, with {{places}}. */
  template: string
  headers: { name: string; value: string }[]
  /** What the answer of a message that was taken holds; empty: a status of 2xx is enough. */
  expects: string
}

/** {{phone}} with its plus, {{digits}} without, {{text}}, {{id}} the same for each attempt, {{key}} the secret. */
export const smsPlaces = ['phone', 'digits', 'text', 'id', 'key'] as const
export type SmsValues = Record<(typeof smsPlaces)[number], string>

export interface SmsRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string | null
}

const place = /\{\{\s*(\w+)\s*\}\}/g

/** Places that a template names and that there are not. */
export function strangePlaces(template: SmsTemplate): string[] {
  const known: readonly string[] = smsPlaces
  return [template.url, template.template, ...template.headers.map(({ value }) => value)]
    .flatMap((text) => [...text.matchAll(place)].map(([, name = '']) => name))
    .filter((name) => !known.includes(name))
}

function filled(text: string, values: SmsValues, escape: (value: string) => string): string {
  return text.replace(place, (_all, name: string) =>
    Object.hasOwn(values, name) ? escape(values[name as keyof SmsValues]) : ''
  )
}

/** A value inside a JSON string. */
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1)

/** @throws SyntaxError where a JSON template makes no JSON */
export function requestOf(template: SmsTemplate, values: SmsValues): SmsRequest {
  const headers: Record<string, string> = {}
  for (const { name, value } of template.headers)
    headers[name.toLowerCase()] = filled(value, values, (one) => one.replace(/[^\x20-\x7e]/g, ''))
  const url = filled(template.url, values, encodeURIComponent)
  if (template.method === 'GET' || template.body === 'none')
    return { url, method: template.method, headers, body: null }
  if (template.body === 'json') {
    const body = filled(template.template, values, inJson)
    JSON.parse(body)
    return { url, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
  }
  const pairs = template.template
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split('=')
      return `${encodeURIComponent(name.trim())}=${encodeURIComponent(filled(rest.join('='), values, (one) => one))}`
    })
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: pairs.join('&')
  }
}
