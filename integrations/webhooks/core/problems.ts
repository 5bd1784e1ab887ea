import { isSecretName, render, type Message, type Template } from './message.ts'
import { samplePayload } from './sample.ts'
import { parse } from './template.ts'
import { variables } from './variables.ts'

/** Where in a template something is wrong (`messages.0.body.text`), and what, in words of the API. */
export interface Problem {
  path: string
  message: string
}

/** Ours, or the connection's. */
const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer|user-agent|webhook-.*|proxy-.*)$/i
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Everything that would keep the messages of a template from being sent as they are meant. */
export function problemsOf({ messages }: Template): Problem[] {
  return messages.flatMap((message, index) =>
    problemsOfMessage(message).map(({ path, message: words }) => ({
      path: `messages.${index}.${path}`,
      message: words
    }))
  )
}

function problemsOfMessage(message: Message): Problem[] {
  const found: Problem[] = []
  const check = (path: string, text: string): void => {
    for (const { code, name } of parse(text).problems) {
      found.push({
        path,
        message:
          code === 'unknownVariable'
            ? `there is no variable {{${name}}}`
            : code === 'unknownFormat'
              ? `there is no format ${name}`
              : `a variable is not closed: ${name}`
      })
    }
  }
  check('url', message.url)
  const isLeading = message.url !== '' && !isFixedAddress(message.url)
  if (isLeading)
    found.push({
      path: 'url',
      message: 'must be an http or https address; variables may stand behind the host only'
    })
  if (message.needs && !Object.hasOwn(variables, message.needs))
    found.push({ path: 'needs', message: `there is no variable {{${message.needs}}}` })
  const { body } = message
  if (body.kind === 'query' || body.kind === 'form') {
    body.fields.forEach(({ name, value }, at) => {
      if (name.trim() === '') found.push({ path: `body.fields.${at}.name`, message: 'a field needs a name' })
      check(`body.fields.${at}.value`, value)
    })
  }
  if (message.method === 'GET' && (body.kind === 'form' || body.kind === 'json'))
    found.push({ path: 'body.kind', message: 'GET carries no body: use the query, or POST' })
  message.headers.forEach(({ name, value }, at) => {
    if (!token.test(name)) found.push({ path: `headers.${at}.name`, message: 'is no name of a header' })
    else if (ownHeaders.test(name))
      found.push({ path: `headers.${at}.name`, message: 'this header is set by the system' })
    // Whoever reads settings reads the template too; the token is shown to nobody.
    else if (isSecretName(name) && !value.includes('{{token'))
      found.push({ path: `headers.${at}.value`, message: 'secrets go into the token: write {{token}} here' })
    check(`headers.${at}.value`, value)
    if (!/^[\x20-\x7e]*$/.test(value))
      found.push({ path: `headers.${at}.value`, message: 'headers take Latin letters only' })
  })
  if (body.kind === 'json') {
    check('body.text', body.text)
    if (found.length === 0 && !isJson(message))
      found.push({ path: 'body.text', message: 'is no JSON once the variables are filled in' })
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
