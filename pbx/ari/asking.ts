import type { AriHttp, AriRequest, AriResult } from './http.ts'

// The "already done" rule. It stands here and nowhere else.
export const creating = { 409: { code: 'already', done: true } } as const
export const ending = { 404: { code: 'gone', done: true } } as const
export const acting = { 404: { code: 'gone', done: false } } as const
export const reading = acting
export const joining = {
  400: { code: 'gone', done: false },
  404: { code: 'gone', done: false },
  422: { code: 'gone', done: false }
} as const
export const leaving = {
  400: { code: 'gone', done: true },
  404: { code: 'gone', done: true },
  422: { code: 'gone', done: true }
} as const

export const nothing: AriResult = { ok: true, value: undefined }
export const enc = encodeURIComponent

/** The ways in which requests are asked. */
export function asker(http: AriHttp) {
  async function done(request: AriRequest): Promise<AriResult> {
    const result = await http.send(request)
    return result.ok ? nothing : result
  }
  return {
    /** Only whether it was done matters. */
    done,
    /** A question: repeated when the connection breaks, its answer read. */
    async read<T>(request: AriRequest, take: (value: unknown) => T): Promise<AriResult<T>> {
      const result = await http.send({ means: reading, repeatable: true, wantsBody: true, ...request })
      return result.ok ? { ok: true, value: take(result.value) } : result
    },
    /** Something that a channel shall do. */
    act: (
      name: string,
      method: 'POST' | 'DELETE',
      channelId: string,
      what: string,
      body?: AriRequest['body']
    ): Promise<AriResult> =>
      done({
        name,
        method,
        path: `/channels/${enc(channelId)}/${what}`,
        means: acting,
        ...(body && { body })
      }),
    /** Something shall be no more. */
    end: (name: string, path: string, query?: AriRequest['query']): Promise<AriResult> =>
      done({ name, method: 'DELETE', path, means: ending, repeatable: true, ...(query && { query }) })
  }
}
export type Asker = ReturnType<typeof asker>

/** Whether a channel is there: after one true 409 Asterisk answers later failures with 409 too (see `originate`). */
export async function trueConflict(http: AriHttp, channelId: string, result: AriResult): Promise<AriResult> {
  if (result.ok || result.status !== 409) return result
  const found = await http.send({
    name: 'findChannel',
    method: 'GET',
    path: `/channels/${enc(channelId)}`,
    means: reading,
    repeatable: true
  })
  return found.ok || found.code !== 'gone' ? result : { ...result, code: 'rejected', done: false }
}
