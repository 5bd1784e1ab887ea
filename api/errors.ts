import { z } from 'zod'
import { codeOfIssue } from './field-codes.ts'
import { camel } from './rows.ts'
import { ApiError } from './problems.ts'

/** Codes of PostgreSQL and of sockets which mean "not now" rather than "never". */
const awayCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'],
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006']
])

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Whether an error says that the database is away, and the same request may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? text(error.code) : ''
  // A failed statement has an SQLSTATE and a `severity`; a file system's ENOENT has a `path` outside sockets.
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect'
  if (awayCodes.has(code)) return true
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway)
  return (
    error.name === 'KnexTimeoutError' ||
    /Connection terminated|timeout exceeded when trying to connect|Unable to acquire a connection|Client has encountered a connection error/.test(
      error.message
    )
  )
}

/** `zod`'s findings as fields at fault. */
export function invalid(error: z.ZodError): ApiError {
  return new ApiError('invalid', {
    errors: error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
      code: codeOfIssue(issue)
    }))
  })
}

/** What went wrong, as the answer to give. Unknown errors become `internal`, which says nothing of the inside. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof z.ZodError) return invalid(error)
  if (isDatabaseAway(error)) return new ApiError('database_away', { retryAfterSeconds: 5, cause: error })
  if (!(error instanceof Error)) return new ApiError('internal', { cause: error })
  if (error.name === 'ControllerAway')
    return new ApiError('controller_away', { detail: error.message, retryAfterSeconds: 3, cause: error })
  return fromBodyParser(error) ?? fromPostgres(error) ?? new ApiError('internal', { cause: error })
}

function fromBodyParser(error: Error): ApiError | null {
  if (!('type' in error)) return error instanceof URIError ? new ApiError('bad_request') : null
  switch (error.type) {
    case 'entity.parse.failed':
      return new ApiError('bad_json')
    case 'entity.too.large':
    case 'parameters.too.many':
      return new ApiError('body_too_large')
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new ApiError('json_expected')
    // A form that is nested too deeply.
    case 'querystring.parse.rangeError':
    case 'request.aborted':
    case 'request.size.invalid':
      return new ApiError('bad_request')
    default:
      return null
  }
}

function fromPostgres(error: Error): ApiError | null {
  const code = 'code' in error ? text(error.code) : ''
  const detail = 'detail' in error ? text(error.detail) : ''
  // Key (login)=(anna) already exists.
  const field = camel(/^Key \(([a-z0-9_]+)\)=/.exec(detail)?.[1] ?? '')
  switch (code) {
    case '23505':
      return new ApiError('already_exists', {
        errors: [{ path: field, message: 'exists already' }],
        cause: error
      })
    case '23503':
      return detail.includes('still referenced')
        ? new ApiError('in_use', {
            detail: `It is still used by ${/from table "(\w+)"/.exec(detail)?.[1] ?? 'something'}.`,
            cause: error
          })
        : new ApiError('unknown_reference', {
            errors: [{ path: field, message: 'does not exist' }],
            cause: error
          })
    case '23514':
    case '23502':
      return new ApiError('invalid', { cause: error })
    default:
      // Class 22: data that no column can hold, such as a NUL character in text.
      return code.startsWith('22') ? new ApiError('invalid', { cause: error }) : null
  }
}
