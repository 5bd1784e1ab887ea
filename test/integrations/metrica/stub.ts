import { startServer, type Came, type Said } from '../server.ts'

export interface Counter {
  readonly url: string
  readonly token: string
  /** Rows of all uploads that were taken, by column. */
  readonly calls: Record<string, string>[]
  readonly conversions: Record<string, string>[]
  readonly uploads: { path: string; comment: string; rows: number }[]
  isAway: boolean
  isTokenRevoked: boolean
  /** The next upload is done, and its answer is lost. */
  losesAnswers: boolean
  /** A file with this in it is refused. */
  refuses: string | null
  close(): Promise<void>
}

const known = {
  upload_calls: [
    ...['DateTime', 'StaticCall', 'Price', 'Currency', 'PhoneNumber', 'TalkDuration', 'HoldDuration'],
    ...['CallMissed', 'Tag', 'FirstTimeCaller', 'URL', 'CallTrackerURL']
  ],
  upload: ['Target', 'DateTime', 'Price', 'Currency']
}

/** A counter that takes nothing which the published contract does not have. */
export async function startCounter(now: () => number): Promise<Counter> {
  const counter: Omit<Counter, 'url' | 'close'> = {
    ...{ token: 'y0_secret', calls: [], conversions: [], uploads: [] },
    ...{ isAway: false, isTokenRevoked: false, losesAnswers: false, refuses: null }
  }
  const error = (status: number, type: string, message: string): Said => ({
    status,
    body: { errors: [{ error_type: type, message }], code: status, message }
  })

  function answer({ method, url, headers, text }: Came): Said {
    if (counter.isAway) return { status: 503, body: 'Service Unavailable' }
    if (headers.authorization !== `OAuth ${counter.token}` || counter.isTokenRevoked)
      return error(403, 'access_denied', 'Access is denied')
    const path = /^\/management\/v1\/counter\/12345(?:\/(.*))?$/.exec(url.pathname)
    if (!path) return error(404, 'not_found', 'Entity not found')
    const rest = path[1] ?? ''
    if (rest === '' && method === 'GET') return { status: 200, body: { counter: { id: 12345 } } }
    if (rest === 'goals' && method === 'GET')
      return {
        status: 200,
        body: {
          goals: [
            { id: 1, name: 'Оплата', type: 'action', conditions: [{ type: 'exact', url: 'paid' }] },
            { id: 2, name: 'Страница', type: 'url', conditions: [{ type: 'contain', url: '/thanks' }] }
          ]
        }
      }
    const list = /^offline_conversions\/(calls_)?uploadings$/.exec(rest)
    if (list && method === 'GET') {
      const wanted = list[1] ? 'upload_calls' : 'upload'
      const found = counter.uploads.filter((one) => one.path === wanted)
      return { status: 200, body: { uploadings: found.map(({ comment }, id) => ({ id, comment })) } }
    }
    const upload = /^offline_conversions\/(upload(?:_calls)?)$/.exec(rest)?.[1] as
      keyof typeof known | undefined
    if (!upload || method !== 'POST') return error(405, 'not_allowed', 'Method is not allowed')
    return take(upload, url, headers['content-type'] ?? '', text)
  }

  function take(path: keyof typeof known, url: URL, type: string, text: string): Said {
    const unknown = [...url.searchParams.keys()].find(
      (name) => !['client_id_type', 'comment', 'new_goal_name'].includes(name)
    )
    if (unknown !== undefined) return error(400, 'invalid_parameter', `Unknown parameter ${unknown}`)
    const comment = url.searchParams.get('comment') ?? ''
    if (comment.length > 255) return error(400, 'invalid_parameter', 'comment is longer than 255')
    const boundary = /boundary=(.+)$/.exec(type)?.[1]
    const part = boundary === undefined ? undefined : text.split(`--${boundary}`)[1]
    if (!part?.includes('name="file"')) return error(400, 'invalid_parameter', 'There is no file')
    const [head = '', ...lines] = (part.split('\r\n\r\n')[1] ?? '').trim().split('\n')
    const [idColumn = '', ...names] = head.trim().split(',')
    const idType = url.searchParams.get('client_id_type')
    if (idColumn !== (idType === 'CLIENT_ID' ? 'ClientId' : 'Yclid'))
      return error(400, 'invalid_csv', `${idColumn} is not the column of ${idType}`)
    const strange = names.find((name) => !known[path].includes(name))
    if (strange !== undefined) return error(400, 'invalid_csv', `Unknown column ${strange}`)
    const rows = lines.map((line) => {
      const values = line.trim().split(',')
      return Object.fromEntries([idColumn, ...names].map((name, index) => [name, values[index] ?? '']))
    })
    const wrong = rows.find(
      (row) =>
        !/^\d+$/.test(row[idColumn] ?? '') ||
        !/^\d{10}$/.test(row['DateTime'] ?? '') ||
        Number(row['DateTime']) * 1000 > now() ||
        (path === 'upload' && !row['Target']) ||
        (row['Price']
          ? !/^\d+(\.\d+)?$/.test(row['Price']) || !/^[A-Z]{3}$/.test(row['Currency'] ?? '')
          : false)
    )
    if (wrong || rows.length === 0) return error(400, 'invalid_csv', `A wrong row: ${JSON.stringify(wrong)}`)
    if (counter.refuses !== null && text.includes(counter.refuses))
      return error(400, 'invalid_csv', 'This row is refused')
    counter.uploads.push({ path, comment, rows: rows.length })
    counter[path === 'upload' ? 'conversions' : 'calls'].push(...rows)
    if (counter.losesAnswers) {
      counter.losesAnswers = false
      return null
    }
    return { status: 200, body: { uploading: { id: counter.uploads.length, status: 'UPLOADED', comment } } }
  }

  const server = await startServer(answer)
  return Object.assign(counter, server)
}
