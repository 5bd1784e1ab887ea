import type { Response } from 'express'
import type { PlaceFaultCode } from '../crm/documents/fault.ts'
import type { costProblems } from '../integrations/costs/core/words.ts'
import type { Problem } from './contract/common.ts'
import type { UsageReference } from './contract/usage.ts'
import { codeOfSentence, type FieldCode } from './field-codes.ts'

/** Every code that an answer may carry, with its status and title. Codes are stable: clients branch on them. */
export const problems = {
  bad_request: [400, 'The request cannot be understood'],
  bad_json: [400, 'The body is not JSON'],
  bad_cursor: [400, 'The cursor does not belong to this list'],
  not_signed_in: [401, 'Sign in first'],
  bad_credentials: [401, 'Login or password is wrong'],
  second_factor_needed: [401, 'A code of the second factor is needed'],
  bad_code: [401, 'The code is wrong, or was used already'],
  bad_token: [401, 'The API token is not known'],
  csrf_failed: [403, 'The X-CSRF-Token header is missing or wrong'],
  wrong_origin: [403, 'The request comes from another site'],
  forbidden: [403, 'Your role does not allow this'],
  verify_first: [403, 'Show your password again first'],
  scope_missing: [403, 'The API token lacks a scope'],
  unknown_site: [404, 'There is no site with this key'],
  not_found: [404, 'There is no such thing'],
  recording_not_available: [404, 'There is no audio to play'],
  recording_locked: [409, 'The audio was sealed with another SECRET_KEY'],
  recording_damaged: [409, 'The audio on the disk is not as it was written'],
  method_not_allowed: [405, 'This address does not take that method'],
  already_exists: [409, 'Something with this value exists already'],
  number_in_pool: [409, 'A number can be in one pool only'],
  in_use: [409, 'It is in use'],
  channel_gone: [409, 'The mailbox or bot was removed, or is switched off'],
  client_blocked: [409, 'The client wants no more messages there'],
  no_address: [409, 'There is no address to write to'],
  draft_changed: [409, 'Somebody else has saved the draft meanwhile'],
  changed_meanwhile: [409, 'Somebody else has saved this meanwhile'],
  webhook_off: [409, 'The webhook is switched off'],
  wrap_up_code_owed: [409, 'Say first how the talk ended'],
  no_wrap_up: [409, 'There is no wrap-up to end or prolong'],
  browser_device_stays: [409, 'The browser device cannot be deleted; switch it off instead'],
  link_ended: [409, 'The link was used already, or has ended'],
  secret_sealed: [409, 'It was sealed with another SECRET_KEY: make a new one'],
  second_factor_on: [409, 'The second factor is on already'],
  user_inactive: [409, 'The account is switched off'],
  last_admin: [409, 'The last admin must stay'],
  idempotency_in_progress: [409, 'The first request with this Idempotency-Key has not ended'],
  demo_call_failed: [409, 'The test call could not be placed'],
  not_in_talk: [409, 'Nobody talks in this call now'],
  not_yours: [409, 'Somebody else has this call'],
  no_consult: [409, 'There is no transfer to go on with'],
  consult_under_way: [409, 'Another transfer of this call is under way'],
  not_answered_yet: [409, 'They have not answered yet'],
  not_queued: [409, 'The caller does not wait in a queue any more'],
  not_parked: [409, 'The call is not parked any more'],
  already_watching: [409, 'You are in this call already'],
  not_watching: [409, 'You are not in this call'],
  call_ended: [409, 'The call has ended'],
  same_party: [409, 'They are in this call already'],
  no_phone: [409, 'No telephone of yours is connected'],
  operator_busy: [409, 'The operator is in a call'],
  operator_away: [409, 'The operator is away: they must be available first'],
  operator_unreachable: [409, 'No telephone of the operator is connected'],
  own_number: [409, 'This is the extension of whoever calls'],
  not_placed: [409, 'The call could not be placed'],
  do_not_call: [409, 'The client wishes no calls'],
  prefix_blocked: [409, 'Numbers that begin like this are blocked'],
  country_not_allowed: [409, 'Calls to this country are not allowed'],
  out_of_hours: [409, 'Calls go out in working hours only'],
  user_daily_cap: [409, 'You have reached your limit of calls for today'],
  company_daily_cap: [409, 'The company has reached its limit of calls for today'],
  concurrency_cap: [409, 'Too many calls go out at this moment'],
  user_minute_cap: [409, 'You call too many numbers within a minute'],
  user_costly_cap: [409, 'You have used up your minutes to costly numbers for today'],
  company_costly_cap: [409, 'The company has used up its minutes to costly numbers for today'],
  user_stopped: [409, 'Your dialling is stopped: an admin must lift that'],
  never_banned: [409, 'This address is never banned'],
  already_banned: [409, 'This address is banned already'],
  no_trunk: [409, 'No trunk can carry this call now'],
  trunk_full: [409, 'All lines of the trunks are taken at this moment'],
  callback_calling: [409, 'The callback is being placed at this moment'],
  callback_closed: [409, 'The callback is not open any more'],
  builtin_list: [409, 'The lists of spam and VIP are always there'],
  task_closed: [409, 'The task is done already'],
  inquiry_is_spam: [409, 'Spam does not become a deal'],
  inquiry_accepted: [409, 'The inquiry is a deal already'],
  not_undoable: [409, 'It cannot be taken back any more'],
  last_pipeline: [409, 'The last pipeline must stay'],
  list_running: [409, 'The list is running: pause it first'],
  list_not_ready: [409, 'The list cannot run yet'],
  file_imported: [409, 'The same file was imported before'],
  changed_since: [409, 'Some of it was changed since'],
  import_state: [409, 'The import is at work, or has come to its end'],
  import_undone: [409, 'The import is undone already'],
  import_replaced: [409, 'A later import has replaced costs of this one: undo that one first'],
  not_a_mobile: [409, 'That is no telephone of yours that can be called'],
  number_without_scheme: [409, 'No published scheme answers this number'],
  address_from_environment: [409, 'The public address is set by the environment'],
  address_unknown: [409, 'No address belongs to that name'],
  certificate_from_files: [409, 'The certificate comes from files that the environment names'],
  import_of_connector: [409, 'What a connector brings is replaced by it, not undone'],
  sip_trace_off: [409, 'The SIP trace is switched off'],
  demo_off: [409, 'The demo is off'],
  body_too_large: [413, 'The body is too large'],
  upload_expected: [415, 'An audio file is expected'],
  audio_format: [415, 'This kind of file cannot be read here'],
  json_expected: [415, 'The body must be application/json'],
  bad_range: [416, 'The range lies outside the recording'],
  bad_number: [422, 'This is no telephone number'],
  invalid: [422, 'Some fields cannot be accepted'],
  unknown_reference: [422, 'A field names something that does not exist'],
  scheme_invalid: [422, 'The scheme has errors and cannot be published'],
  scheme_checks_failed: [422, 'Imagined calls do not go as they should, so the scheme cannot be published'],
  audio_unreadable: [422, 'The audio file is damaged'],
  audio_too_long: [422, 'The audio is too long'],
  audio_silent: [422, 'The audio is silent'],
  text_not_speakable: [422, 'The text cannot be spoken'],
  template_refused: [422, 'The document cannot be used as a template'],
  certificate_refused: [422, 'The certificate cannot be used'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used with another request'],
  upgrade_lost: [426, 'The proxy in front does not pass WebSockets on'],
  work_needed: [428, 'Solve the puzzle and ask again'],
  too_many_attempts: [429, 'Too many attempts'],
  foreign_system: [502, 'The other system does not answer as it should'],
  internal: [500, 'Something went wrong on our side'],
  speech_failed: [503, 'The voice programs do not work just now'],
  tracking_away: [503, 'Visits cannot be taken just now'],
  controller_away: [503, 'No controller leads the calls just now'],
  database_away: [503, 'The database cannot be reached just now']
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof problems
export interface FieldError {
  path: string
  message: string
  /** By the message, where it is left out. */
  code?: FieldCode | PlaceFaultCode | keyof typeof costProblems
}
interface Extra {
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  work?: { challenge: string; bits: number }
  current?: Record<string, unknown>
  usage?: UsageReference[]
  missingScope?: string
  cause?: unknown
}

/** An expected refusal: thrown anywhere in a handler, answered as problem+json. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: ProblemCode
  readonly status: number
  readonly detail: string | undefined
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined
  readonly work: Extra['work']
  readonly current: Extra['current']
  readonly usage: Extra['usage']
  readonly missingScope: Extra['missingScope']

  constructor(code: ProblemCode, extra: Extra = {}) {
    super(extra.detail ?? problems[code][1], { cause: extra.cause })
    this.code = code
    this.status = problems[code][0]
    this.detail = extra.detail
    this.errors = extra.errors
    this.retryAfterSeconds = extra.retryAfterSeconds
    this.work = extra.work
    this.current = extra.current
    this.usage = extra.usage
    this.missingScope = extra.missingScope
  }
}

/** Answers with RFC 9457 problem+json. */
export function sendProblem(res: Response, error: ApiError): void {
  const body: Problem = {
    type: `urn:ringtrace:problem:${error.code}`,
    title: problems[error.code][1],
    status: error.status,
    code: error.code,
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.errors !== undefined && {
      errors: error.errors.map((each) => ({ code: codeOfSentence(each.message), ...each }))
    }),
    ...(error.work !== undefined && { work: error.work }),
    ...(error.current !== undefined && { current: error.current }),
    ...(error.usage !== undefined && { usage: error.usage }),
    ...(error.missingScope !== undefined && { missingScope: error.missingScope })
  }
  if (error.retryAfterSeconds !== undefined) res.set('Retry-After', String(error.retryAfterSeconds))
  if (error.status === 401) res.set('WWW-Authenticate', 'Bearer realm="ringtrace"')
  res
    .status(error.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body))
}
