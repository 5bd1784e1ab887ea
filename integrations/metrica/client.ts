import { createHash } from 'node:crypto'
import { gather } from '../connectors/gather.ts'
import {
  ForeignError,
  knowsNobody,
  type Client,
  type Connection,
  type HttpAnswer,
  type Step
} from '../connectors/kind.ts'
import { csvOf, type Upload, type UploadRow } from './rows.ts'
import type { MetricaSettings } from './settings.ts'

/** A comment has room for the marks of so many rows. */
const mostRows = 25
const windowMs = 250

const paths = {
  upload_calls: { upload: 'calls', list: 'calls_uploadings' },
  upload: { upload: 'conversions', list: 'uploadings' }
} as const satisfies Record<string, { upload: Upload; list: string }>
type Method = keyof typeof paths

interface Wanted {
  row: UploadRow
  mark: string
}

/** A connection to one counter. */
export function createClient(connection: Connection, baseUrl: string): Client {
  const { counterId } = connection.settings as MetricaSettings
  const counter = `${baseUrl}/management/v1/counter/${counterId}`

  async function ask(
    name: string,
    url: string,
    file?: string,
    token?: string
  ): Promise<Record<string, unknown>> {
    const keys = await connection.keys()
    const answer = await connection.http({
      name,
      method: file === undefined ? 'GET' : 'POST',
      url,
      headers: { authorization: `OAuth ${token ?? keys['token'] ?? ''}` },
      ...(file !== undefined && {
        file: { field: 'file', name: 'data.csv', contentType: 'text/csv', bytes: Buffer.from(file) }
      })
    })
    const error = errorOf(answer)
    if (error) throw error
    return answer.body as Record<string, unknown>
  }

  async function send(method: Method, wanted: readonly Wanted[]): Promise<void> {
    const [first] = wanted
    if (!first) return
    const query = new URLSearchParams({
      client_id_type: first.row.idType,
      // By its comment an upload is found again whose answer was lost.
      comment: `Ringtrace ${wanted.map(({ mark }) => mark).join(' ')}`
    })
    const rows = wanted.map(({ row }) => row)
    await ask(
      method,
      `${counter}/offline_conversions/${method}?${query.toString()}`,
      csvOf(paths[method].upload, rows)
    )
  }

  /** A file that is refused is tried row by row: one bad row must not keep the others. */
  async function sendAll(method: Method, wanted: readonly Wanted[]): Promise<(null | Error)[]> {
    const answers = new Map<Wanted, null | Error>()
    for (const type of ['CLIENT_ID', 'YCLID'] as const) {
      const same = wanted.filter(({ row }) => row.idType === type)
      try {
        await send(method, same)
      } catch (error) {
        if (!(error instanceof ForeignError)) throw error
        const isOne = same.length === 1 || error.fault !== 'refused'
        for (const one of same) answers.set(one, isOne ? error : ((await sendAll(method, [one]))[0] ?? null))
      }
    }
    return wanted.map((one) => answers.get(one) ?? null)
  }

  const uploads = {
    upload_calls: gather<Wanted, null>({
      ...{ most: mostRows, windowMs },
      send: (wanted) => sendAll('upload_calls', wanted)
    }),
    upload: gather<Wanted, null>({
      ...{ most: mostRows, windowMs },
      send: (wanted) => sendAll('upload', wanted)
    })
  }

  async function wasTaken(method: Method, mark: string): Promise<boolean> {
    const { list } = paths[method]
    const { uploadings } = await ask(list, `${counter}/offline_conversions/${list}?limit=1000`)
    return (Array.isArray(uploadings) ? (uploadings as { comment?: unknown }[]) : []).some(
      ({ comment }) => typeof comment === 'string' && comment.split(' ').includes(mark)
    )
  }

  return {
    ...knowsNobody,
    async do(step: Step, wasAsked) {
      const method = step.method as Method
      const row = step.params as unknown as UploadRow
      const mark = markOf(step)
      if (wasAsked && (await wasTaken(method, mark))) return null
      return uploads[method]({ row, mark })
    },
    async prepare() {
      await ask('counter', counter)
    },
    async join(keys) {
      const token = (keys['token'] ?? '').trim()
      if (token === '') throw new ForeignError('login', 'noToken', 'There is no token')
      await ask('counter', counter, undefined, token)
      return { token }
    },
    lists: {
      /** Conversions are counted by goals of the type "JavaScript event". */
      async goals() {
        const { goals } = await ask('goals', `${counter}/goals`)
        return (Array.isArray(goals) ? (goals as Goal[]) : []).flatMap(({ name, type, conditions }) => {
          const id = type === 'action' ? conditions?.[0]?.url : undefined
          return id === undefined ? [] : [{ id, name: `${name ?? id} (${id})` }]
        })
      }
    }
  }
}

interface Goal {
  name?: string
  type?: string
  conditions?: { url?: string }[]
}

/** The same for the same thing of ours, whenever its row is made. */
const markOf = ({ method, params }: Step): string =>
  createHash('sha256')
    .update(`${method} ${String(params['ref'])}`)
    .digest('hex')
    .slice(0, 9)

function errorOf({ status, body }: HttpAnswer): ForeignError | null {
  if (status >= 200 && status < 300 && typeof body === 'object') return null
  const said = (typeof body === 'object' && body !== null ? body : {}) as {
    message?: unknown
    errors?: { error_type?: unknown; message?: unknown }[]
  }
  const [first] = Array.isArray(said.errors) ? said.errors : []
  const code = typeof first?.error_type === 'string' ? first.error_type : `http${status}`
  const text = first?.message ?? said.message
  const message = typeof text === 'string' && text !== '' ? text : `Metrica answered ${status}`
  if (status === 401 || status === 403) return new ForeignError('login', code, message)
  if (status === 429) return new ForeignError('limit', code, message)
  if (status === 502 || status === 503 || status === 504) return new ForeignError('away', code, message)
  return new ForeignError(status >= 500 || status < 400 ? 'broken' : 'refused', code, message)
}
