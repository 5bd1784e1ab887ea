import { startServer, type Came, type Said } from '../server.ts'

/** A CRM that takes messages of a PBX, strictly. */
export interface Crm {
  readonly url: string
  readonly crmToken: string
  /** What it has taken, in order. */
  readonly taken: Record<string, string>[]
  asked: number
  isAway: boolean
  isTokenKnown: boolean
  /** The answer to the next message is lost; the message is taken. */
  losesAnswer: boolean
  /** Whom it knows, by digits. */
  readonly clients: Map<string, { contact_name: string; responsible: string }>
  close(): Promise<void>
}

const phone = /^\d{10,15}$/
const stamp = /^\d{8}T\d{6}Z$/
const id = /^[0-9a-f-]{36}$/
const name = /^.{1,100}$/s

/** By command: what each parameter looks like; those with `?` may be left out. */
const commands: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  event: {
    type: /^(INCOMING|ACCEPTED|COMPLETED|CANCELLED|OUTGOING|TRANSFERRED)$/,
    ...{ phone, callid: id, user: name, direction: /^(in|out)$/ },
    ...{ 'diversion?': phone, 'ext?': name, 'groupRealName?': name, 'telnum?': phone, 'second_callid?': id }
  },
  history: {
    ...{ type: /^(in|out)$/, phone, start: stamp, duration: /^\d+$/, callid: id },
    status: /^(Success|missed|Busy|NotAvailable|NotAllowed)$/,
    ...{ 'user?': name, 'ext?': name, 'diversion?': phone, 'groupRealName?': name, 'telnum?': phone },
    ...{ 'link?': /^https:\/\/.+\.mp3$/, 'rating?': /^[1-9]$/ }
  },
  contact: { phone, 'callid?': id },
  rating: { callid: id, rating: /^[1-9]$/, phone, 'user?': name, 'ext?': name }
}

export async function startCrm(): Promise<Crm> {
  const server = await startServer(answer)
  const crm: Crm = {
    url: `${server.url}/telephony/calls`,
    crmToken: 'crm-7f3a',
    ...{ taken: [], asked: 0, isAway: false, isTokenKnown: true, losesAnswer: false, clients: new Map() },
    close: () => server.close()
  }
  return crm

  function answer({ method, url, headers, text }: Came): Said {
    crm.asked += 1
    if (crm.isAway) return { status: 503, body: 'Service Unavailable' }
    if (url.pathname !== '/telephony/calls' || method !== 'POST') return { status: 404, body: 'Not found' }
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return wrong('a form is wanted')
    const { crm_token: token, cmd = '', ...given } = Object.fromEntries(new URLSearchParams(text))
    if (!crm.isTokenKnown || token !== crm.crmToken) return { status: 401, body: { error: 'Invalid token' } }
    const wanted = commands[cmd]
    if (!wanted) return wrong('Invalid command')
    for (const [key, form] of Object.entries(wanted)) {
      const value = given[key.replace('?', '')]
      if (value === undefined ? !key.endsWith('?') : !form.test(value))
        return wrong(`Invalid parameters: ${key}`)
    }
    const strange = Object.keys(given).find((key) => !(key in wanted) && !(`${key}?` in wanted))
    if (strange !== undefined) return wrong(`Unknown parameter ${strange}`)
    if (cmd === 'contact') return { status: 200, body: crm.clients.get(given['phone'] ?? '') ?? {} }
    crm.taken.push({ cmd, ...given })
    if (crm.losesAnswer) {
      crm.losesAnswer = false
      return null
    }
    return { status: 200, body: '' }
  }
}

const wrong = (error: string): Said => ({ status: 400, body: { error } })
