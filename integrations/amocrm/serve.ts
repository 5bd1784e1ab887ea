import type { ServeAnswer, ServeAsk, ServeRequest } from '../connectors/kind.ts'
import { recordOf, textOf } from '../connectors/read.ts'
import type { AmocrmSettings } from './settings.ts'

/** What people see in the account when they come back with a code. */
const page = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Ringtrace</title><body style="font:16px system-ui;padding:3em">${text}`
const joined = page('amoCRM подключена, окно можно закрыть. / amoCRM is linked, you may close this window.')
const notJoined = page(
  'Подключить не удалось: причина в журнале обмена этой связи. / It was not linked: see the log of this link.'
)

/** Takes the code that a user of the account comes back with, and clicks of the widget. */
export async function serve(request: ServeRequest, ask: ServeAsk): Promise<ServeAnswer> {
  const settings = ask.settings as AmocrmSettings
  const said = request.method === 'GET' ? request.query : recordOf(request.body)
  if (request.method === 'GET') {
    const code = textOf(said['code'])
    if (code === '' || !isOwnAccount(textOf(said['referer']), settings))
      return { status: 400, contentType: 'text/html', body: notJoined }
    const answer = await ask.event({ event: 'code', code })
    const isTaken = answer === 'taken'
    return { status: isTaken ? 200 : 400, contentType: 'text/html', body: isTaken ? joined : notJoined }
  }
  if (!isOwnAccount(textOf(said['account']), settings)) return refusal(403, 'otherAccount')
  const phone = textOf(said['phone'])
  const click = textOf(said['click'])
  if (phone === '' || phone.length > 40 || click === '' || click.length > 100) return refusal(422, 'badClick')
  const userId = ask.userOf(textOf(said['user']))
  if (userId === null) return refusal(200, 'noSuchPerson')
  const placed = await ask.call({ key: `click ${click}`, userId, phone, line: null })
  return 'callId' in placed ? { status: 200, body: { ok: true } } : refusal(200, placed.refused)
}

const refusal = (status: number, reason: string): ServeAnswer => ({ status, body: { ok: false, reason } })

/** Who knows the address may ask; another account may not. By its host, or the first word of it. */
function isOwnAccount(account: string, { portal }: AmocrmSettings): boolean {
  const { hostname } = new URL(portal)
  return account !== '' && (hostname === account || hostname.split('.')[0] === account)
}
