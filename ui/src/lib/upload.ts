import { ApiError, csrfHeader, type Method } from './api.ts'
import type { Problem } from '../../../api/contract/common.ts'

/**
 * As `api`, for a form with a file: tells how much of it has left, 0…1, and can be given up. `fetch` tells nothing of
 * what it sends.
 * @throws ApiError as `api`; code `cancelled` when `signal` ended it
 */
export function upload<T>(
  method: Method,
  path: string,
  form: FormData,
  { onShare, signal }: { onShare: (share: number) => void; signal: AbortSignal }
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (code: string, status = 0): void =>
      reject(new ApiError({ type: 'about:blank', title: code, status, code }, null))
    request.open(method, path)
    request.responseType = 'json'
    request.setRequestHeader('accept', 'application/json')
    for (const [name, value] of Object.entries(csrfHeader())) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) onShare(loaded / total)
    }
    request.onload = () => {
      const body: unknown = request.response
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else if (typeof body === 'object' && body !== null && 'code' in body)
        reject(new ApiError(body as Problem, null))
      else fail(request.status >= 502 ? 'unavailable' : 'unknown', request.status)
    }
    request.onerror = () => fail('network')
    request.onabort = () => fail('cancelled')
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(form)
  })
}
