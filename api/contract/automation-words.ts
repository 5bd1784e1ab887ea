/** Words of automation. No zod here, so that the browser may take it. */
export const triggers = [
  'inquiryCreated',
  'inquiryUnanswered',
  'inquiryIdle',
  'formSubmitted',
  'messageReceived',
  'missedCall',
  'callEnded',
  'callRated',
  'dealStage',
  'dealWon',
  'dealLost',
  'dealIdle',
  'taskOverdue'
] as const
export type AutomationTrigger = (typeof triggers)[number]
/** Those that fire when nothing has happened for a while. */
export const waitingTriggers = ['inquiryUnanswered', 'inquiryIdle', 'dealIdle'] as const
export const subjects = ['inquiry', 'deal', 'call', 'form', 'task', 'message'] as const
export type AutomationSubject = (typeof subjects)[number]
/** What can be done; `mailStaff` is the letter of a notice, and stands in the log alone. */
export const actionKinds = [
  'createTask',
  'changeStage',
  'changeOwner',
  'addTag',
  'sendMail',
  'sendSms',
  'sendMessage',
  'orderCallback',
  'webhook',
  'notify',
  'mailStaff'
] as const
export type AutomationActionKind = (typeof actionKinds)[number]
export const conditionKinds = [
  'source',
  'inquiryChannel',
  'campaign',
  'tag',
  'amount',
  'stage',
  'responsible',
  'client',
  'schedule',
  'time'
] as const
export const runStates = ['skipped', 'stopped', 'waiting', 'done', 'failed'] as const
export const stepStates = ['pending', 'begun', 'done', 'skipped', 'failed', 'unknown'] as const
/** What may stand in a text, as {{name}}. */
export const textVariables = [
  'client',
  'phone',
  'email',
  'deal',
  'amount',
  'stage',
  'responsible',
  'operator',
  'source',
  'campaign',
  'rating',
  'text'
] as const
