import type { ForeignFault } from './kind.ts'

/** Who has to wait for whom, by the status of an answer that is not well. Pure. */
export function faultOf(status: number): ForeignFault {
  if (status === 429) return 'limit'
  // Unpaid, forbidden or blocked for asking too often: a person must look.
  if (status === 401 || status === 402 || status === 403) return 'login'
  if (status === 502 || status === 503 || status === 504) return 'away'
  // Not what was expected with 200, or a redirect: a page of somebody in between.
  return status >= 500 || status < 400 ? 'broken' : 'refused'
}
