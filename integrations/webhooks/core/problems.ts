import { isSecretName, render, type Message, type Template } from './message.ts'
import { samplePayload } from './sample.ts'
import { parse } from './template.ts'
import { variables } from './variables.ts'

/** Where in a template something is wrong (`messages.0.body.text`), and what: as a word, and in words of the API. */
export interface Problem {
  path: string
  code: keyof typeof words
  /** What is not known, where the problem is about a name. */
  name: string
  message: string
}

const words = {
  unknownVariable: (name: string) => `there is no variable {{${name}}}`,
  unknownFormat: (name: string) => `there is no format ${name}`,
  notClosed: (name: string) => `a variable is not closed: ${name}`,
  badUrl: () => 'must be an http or https address; variables may stand behind the host only',
  fieldName: () => 'a field needs a name',
  bodyOfGet: () => 'GET carries no body: use the query, or POST',
  headerName: (name: string) => `is no name of a header: ${name}`,
  ownHeader: (name: string) => `this header is set by the system: ${name}`,
  secretHeader: () => 'secrets go into the token: write {{token}} here',
  latinOnly: () => 'headers take Latin letters only',
  notJson: () => 'is no JSON once the variables are filled in'
}

/** Ours, or the connection's. */
const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer|user-agent|webhook-.*|proxy-.*)$/i
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Everything that would keep the messages of a template from being sent as they are meant. */
export function problemsOf({ messages }: Template): Problem[] {
  return messages.flatMap((message, index) =>
    problemsOfMessage(message).map(({ path, ...rest }) => ({ path: `messages.${index}.${path}`, ...rest }))
  )
}

function problemsOfMessage(message: Message): Problem[] {
  const found: Problem[] = []
  const add = (path: string, code: Problem['code'], name = ''): void =>
    void found.push({ path, code, name, message: words[code](name) })
  const check = (path: string, text: string): void => {
    for (const { code, name } of parse(text).problems) add(path, code, name)
  }
  check('url', message.url)
  if (message.url !== '' && !isFixedAddress(message.url)) add('url', 'badUrl')
  if (message.needs && !Object.hasOwn(variables, message.needs))
    add('needs', 'unknownVariable', message.needs)
  const { body } = message
  if (body.kind === 'query' || body.kind === 'form') {
    body.fields.forEach(({ name, value }, at) => {
      if (name.trim() === '') add(`body.fields.${at}.name`, 'fieldName')
      check(`body.fields.${at}.value`, value)
    })
  }
  if (message.method === 'GET' && (body.kind === 'form' || body.kind === 'json'))
    add('body.kind', 'bodyOfGet')
  message.headers.forEach(({ name, value }, at) => {
    if (!token.test(name)) add(`headers.${at}.name`, 'headerName', name)
    else if (ownHeaders.test(name)) add(`headers.${at}.name`, 'ownHeader', name)
    // Whoever reads settings reads the template too; the token is shown to nobody.
    else if (isSecretName(name) && !value.includes('{{token')) add(`headers.${at}.value`, 'secretHeader')
    check(`headers.${at}.value`, value)
    if (!/^[\x20-\x7e]*$/.test(value)) add(`headers.${at}.value`, 'latinOnly')
  })
  if (body.kind === 'json') {
    check('body.text', body.text)
    if (found.length === 0 && !isJson(message)) add('body.text', 'notJson')
  }
  return found
}

/** Whether only path and query depend on values. */
function isFixedAddress(source: string): boolean {
  const [one, two] = ['x', 'y'].map((word) => {
    try {
      return new URL(source.replace(/\{\{[^{}]*\}\}/g, word))
    } catch {
      return null // Not an address at all.
    }
  })
  if (!one || !two || !/^https?:$/.test(one.protocol)) return false
  return one.origin === two.origin && one.username === '' && one.password === ''
}

/** Escaping is right for every value, so what is JSON with all values known, and with none, is always JSON. */
function isJson(message: Message): boolean {
  return [true, false].every((isKnown) => {
    const payload = isKnown ? samplePayload(message.event) : { type: message.event, timestamp: '', data: {} }
    const facts = {
      payload,
      deliveryId: 'd',
      token: 't',
      publicUrl: 'https://example.org',
      timeZone: 'UTC',
      operator: null
    }
    try {
      JSON.parse(render({ ...message, url: '' }, 'https://example.org/', facts).body ?? '')
      return true
    } catch {
      return false // The message says so to whoever saves it.
    }
  })
}
