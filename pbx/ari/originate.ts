/** A call that we place. Once answered it enters the dialplan at `context`,`extension`. */
export interface Originate {
  /** Ours, so that a repeated request cannot ring twice. */
  channelId: string
  /** `PJSIP/<endpoint>` or `PJSIP/<number>@<trunk>`; never built from a stranger's text. */
  endpoint: string
  context: string
  extension: string
  priority?: number
  /** Shown to the one who is called; any text is safe. */
  callerId?: { name?: string | null; number?: string | null }
  /** After this long without an answer Asterisk gives up by itself. */
  timeoutSeconds: number
  /** Channel variables and functions, such as `PJSIP_HEADER(add,X-Call)`. */
  variables?: Readonly<Record<string, string>>
  /** Asterisk takes one of the two: the call it belongs to (codecs follow it), or codecs. */
  media?: { originator: string } | { formats: readonly string[] }
}

/** The body of `POST /channels`. */
export function originateBody(call: Originate): Record<string, unknown> {
  const callerId = call.callerId === undefined ? '' : callerIdText(call.callerId)
  return {
    channelId: call.channelId,
    endpoint: call.endpoint,
    context: call.context,
    extension: call.extension,
    priority: call.priority ?? 1,
    timeout: call.timeoutSeconds,
    ...(callerId === '' ? {} : { callerId }),
    ...(call.variables === undefined ? {} : { variables: call.variables }),
    ...(call.media === undefined
      ? {}
      : 'originator' in call.media
        ? { originator: call.media.originator }
        : { formats: call.media.formats.join(',') })
  }
}

/**
 * `"name" <number>`. Asterisk reads quotes, backslashes and angle brackets as syntax, so a caller's name that
 * holds them could choose the number shown; they and control characters are dropped.
 */
export function callerIdText(id: { name?: string | null; number?: string | null }): string {
  const name = (id.name ?? '')
    .replace(/["\\<>\u0000-\u001f\u007f]/g, '')
    .trim()
    .slice(0, 80)
    // Half of a letter at the end makes JSON that Asterisk does not take, and no telephone would ring.
    .replace(/\p{Surrogate}/gu, '')
  const number = (id.number ?? '').replace(/[^+0-9A-Za-z*#]/g, '').slice(0, 40)
  if (name === '') return number === '' ? '' : `<${number}>`
  return `"${name}" <${number}>`
}
