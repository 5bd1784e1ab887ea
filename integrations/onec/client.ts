import { createBucket } from '../connectors/bucket.ts'
import { faultOf } from '../connectors/faults.ts'
import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type HttpAnswer,
  type HttpRequest
} from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import type { MakeLink } from '../connectors/record-links.ts'
import type { Made } from './mapping.ts'
import type { OnecSettings } from './settings.ts'

/** Each request takes a session and a licence there. */
const burst = 5
const perSecond = 2
const limitMs = 60_000
/** How long a link to a record opens. */
const linkMs = 365 * 86_400_000
const mostPeople = 1000

/** Writes documents of an infobase. */
export function createClient(connection: Connection, makeLink: MakeLink): Client {
  const { url, entity, fields, usersEntity } = connection.settings as OnecSettings
  const bucket = createBucket(burst, perSecond)
  const idField = fields['callId'] ?? ''

  async function ask(
    method: HttpRequest['method'],
    path: string,
    query: Readonly<Record<string, string>> = {},
    json?: unknown
  ): Promise<Record<string, unknown>> {
    const waitMs = bucket.take(connection.now())
    if (waitMs > 0) await connection.pause(waitMs)
    const { login = '', password = '' } = await connection.keys()
    if (login === '') throw new ForeignError('login', 'noLogin', 'There is no login yet')
    const given = Object.entries({ ...query, $format: 'json;odata=nometadata' })
    const answer = await connection.http({
      ...{ name: `${method} ${path.replace(/\(.*/, '')}`, method },
      url: `${url}/odata/standard.odata/${encodeURIComponent(path)}?${given
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join('&')}`,
      headers: { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` },
      ...(json !== undefined && { json })
    })
    const error = errorOf(answer, connection.now())
    if (error) throw error
    return recordOf(answer.body)
  }

  const found = async (name: string, query: Record<string, string>): Promise<Record<string, unknown>[]> =>
    listOf((await ask('GET', name, query))['value']).map(recordOf)

  /** What the mapping said, with the link to the record where there is one to give. */
  function withRecord(document: unknown, recordingId: string | undefined): Record<string, unknown> {
    const link = recordingId === undefined ? null : makeLink(recordingId, connection.now() + linkMs)
    const name = fields['record']
    return { ...recordOf(document), ...(link !== null && name !== undefined && { [name]: link }) }
  }

  /** By our id first: it may be there from a time when its answer was lost. */
  async function create(callId: string, document: Record<string, unknown>): Promise<Made> {
    const [known] = await found(entity, {
      ...{ $filter: `${idField} eq '${callId}'`, $select: 'Ref_Key', $top: '1' }
    })
    const ref = textOf((known ?? (await ask('POST', entity, {}, document)))['Ref_Key'])
    if (ref === '') throw new ForeignError('broken', 'noRef', 'The document came without Ref_Key')
    return { ref, isFound: known !== undefined }
  }

  return {
    ...knowsNobody,
    async do({ method, params, recordingId }) {
      const document = withRecord(params['document'], recordingId)
      if (method === 'create') return create(textOf(params['callId']), document)
      if (Object.keys(document).length > 0)
        await ask('PATCH', `${entity}(guid'${textOf(params['ref'])}')`, {}, document)
      return null
    },
    // Reading the fields shows that address, rights, document and names are right.
    async prepare() {
      const columns = new Set(Object.values(fields).map((name) => name.split('/')[0]))
      await found(entity, { $select: [...columns].join(), $top: '1' })
    },
    async people() {
      const rows = await found(usersEntity, { $select: 'Ref_Key,Description', $top: String(mostPeople) })
      return rows.map((row) => ({
        ...{ id: textOf(row['Ref_Key']), name: textOf(row['Description']), extension: null, mail: null }
      }))
    },
    join: (keys) =>
      keys['login']
        ? Promise.resolve(keys)
        : Promise.reject(new ForeignError('login', 'noLogin', 'There is no login yet'))
  }
}

/** `{ "odata.error": { code, message: { value } } }`; anything else is the web server's own. Pure. */
export function errorOf({ status, body }: HttpAnswer, nowMs: number): ForeignError | null {
  const given = recordOf(body)
  const said = 'odata.error' in given ? recordOf(given['odata.error']) : null
  const isEmpty = body === '' || body === null
  if (status >= 200 && status < 300 && !said && (isEmpty || typeof body === 'object')) return null
  const text = textOf(recordOf(said?.['message'])['value']).slice(0, 400)
  if (status === 404 && said) return new ForeignError('refused', 'gone', text || 'There is no such thing')
  // Of a page that is not OData's nobody can say what it means: the infobase is being updated, or is published no more.
  if (!said && (status < 300 || status === 404))
    return new ForeignError('away', 'notOData', `Not OData answers, but a page with ${status}`)
  const fault = faultOf(status)
  const own = fault === 'broken' && status < 300 ? 'refused' : fault
  const retryAtMs = own === 'limit' ? nowMs + limitMs : null
  return new ForeignError(own, `http${status}`, text || `1C answered ${status}`, retryAtMs)
}
