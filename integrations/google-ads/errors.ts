import { ForeignError, type ForeignFault, type HttpAnswer } from '../connectors/kind.ts'

interface Failure {
  code: string
  message: string
  /** Of the row; null for the whole request. */
  index: number | null
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])
/** JSON of Google writes names both ways. */
const get = (of: Record<string, unknown>, name: string): unknown =>
  of[name] ?? of[name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())]

/** The errors of a status, with the rows that they are of. Pure. */
export function failuresOf(status: unknown): Failure[] {
  return listOf(recordOf(status)['details']).flatMap((detail) =>
    listOf(recordOf(detail)['errors']).map((one) => {
      const error = recordOf(one)
      const [code] = Object.values(recordOf(get(error, 'error_code')))
      const place = listOf(get(recordOf(error['location']), 'field_path_elements'))
        .map(recordOf)
        .find((element) => get(element, 'field_name') === 'conversions')
      const index = place && typeof place['index'] === 'number' ? place['index'] : place ? 0 : null
      return {
        code: typeof code === 'string' ? code : 'UNKNOWN',
        message: typeof error['message'] === 'string' ? error['message'] : 'Google Ads refused it',
        index
      }
    })
  )
}

/** What became of each of `count` rows: null where it was taken. Pure. */
export function rowErrorsOf(body: unknown, count: number): (null | Error)[] {
  const failures = failuresOf(get(recordOf(body), 'partial_failure_error'))
  const ofAll = failures.find(({ index }) => index === null)
  return Array.from({ length: count }, (_, index) => {
    const failure = failures.find((one) => one.index === index) ?? ofAll
    return failure ? new ForeignError(rowFault(failure.code), failure.code, failure.message) : null
  })
}

/** A click or an action may be too young to be known: it will be. */
const rowFault = (code: string): ForeignFault =>
  /^TOO_RECENT|^INTERNAL|^TRANSIENT/.test(code) ? 'broken' : 'refused'

/** What is wrong with a whole answer; null when nothing is. Pure. */
export function errorOf({ status, body }: HttpAnswer): ForeignError | null {
  if (status >= 200 && status < 300 && typeof body === 'object') return null
  const first = Array.isArray(body) ? recordOf(listOf(body)[0]) : recordOf(body)
  const said = recordOf(first['error'])
  const [failure] = failuresOf(said)
  const code = failure?.code ?? (typeof said['status'] === 'string' ? said['status'] : `http${status}`)
  const text = failure?.message ?? said['message']
  const message = typeof text === 'string' && text !== '' ? text : `Google Ads answered ${status}`
  return new ForeignError(faultOf(status, code), code, message)
}

function faultOf(status: number, code: string): ForeignFault {
  if (status === 401 || status === 403) return 'login'
  if (status === 429 || /^RESOURCE_(TEMPORARILY_)?EXHAUSTED$/.test(code)) return 'limit'
  if (status === 502 || status === 503 || status === 504) return 'away'
  return status >= 500 || status < 400 ? 'broken' : 'refused'
}
