import { callOf, keepRequest, placeOfRequest } from '../connectors/foreign-requests.ts'
import type { ServeAnswer, ServeAsk, ServeRequest } from '../connectors/kind.ts'
import { recordOf } from '../connectors/read.ts'
import { addLinks } from '../connectors/store.ts'
import { normalise } from '../../tracking/phones.ts'
import { readTold } from './asked.ts'
import type { ComagicSettings } from './settings.ts'

/** How long a notification may wait while the CRM finds a place for it. */
const placeMs = 5000

const bad = (status: number, error: string): ServeAnswer => ({ status, body: { error } })

/** Takes a notification: the address is secret, and nothing else shows that it comes from there. */
export async function serve(request: ServeRequest, ask: ServeAsk): Promise<ServeAnswer> {
  const settings = ask.settings as ComagicSettings
  if (!settings.isTakingRequests) return bad(403, 'requests are not taken')
  const given = { ...request.query, ...recordOf(request.body) }
  const told = readTold(given, settings, ask.nowMs)
  if ('wrong' in told) return bad(400, told.wrong)
  const phone = told.caller === null ? undefined : normalise(told.caller, 'RU')?.e164
  const ours = told.isCall && phone !== undefined ? await callOf(ask.db, phone, told.atMs) : null
  // A call that came through us is in our journal.
  if (ours !== null) return { status: 200, body: { status: 'ok', call: ours } }
  const { connectorId, db } = ask
  const formId = await ask.once(told.request.key, (trx) => keepRequest(trx, connectorId, told.request))
  const place = await placeOfRequest(db, formId, placeMs)
  const foreign = { foreignKind: 'communication', foreignId: told.communication }
  // By it a deal that is made of it is joined to their request.
  if (place && place.inquiryId !== null && /^\d+$/.test(told.communication) && !told.isCall)
    await addLinks(db, connectorId, [{ ourKind: 'inquiry', ourId: place.inquiryId, ...foreign }])
  return { status: 200, body: { status: 'ok', request: formId } }
}
