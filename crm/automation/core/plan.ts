/** PURE. What an action would do at this moment, in words ready to be sent. */
import { fill, line } from './template.ts'
import type { Action, Facts, StepAction } from './rule.ts'

/** Why an action cannot be done for this subject. */
export type Skip =
  | 'gone'
  | 'noClient'
  | 'noAddress'
  | 'noPhone'
  | 'noWay'
  | 'noEmail'
  | 'noDeal'
  | 'nothingToOwn'
  | 'refused'
  | 'noConsent'
  | 'nobody'
  | 'notSetUp'
  | 'unknownTarget'

export interface Manner {
  /** Advertising goes only to those who agreed to it. */
  onlyWithConsent: boolean
  /** The page on which this client can refuse further letters; null without a client, or where nobody reaches us. */
  refuseUrl: string | null
  /** What stands before its address. */
  refuseWords: string
}

/** What goes out, or is made, with every variable filled in. */
export interface Planned {
  kind: StepAction['kind']
  to: string | null
  subject: string | null
  text: string | null
  /** Of advertising: where the client refuses it, which goes into the head of a letter too. */
  refuseUrl: string | null
  skip: Skip | null
}

/** Actions as single steps: a notice that goes to mail addresses too is two. */
export const stepsOf = (actions: readonly Action[]): StepAction[] =>
  actions.flatMap((action): StepAction[] =>
    action.kind === 'notify' && action.emails.length > 0
      ? [action, { kind: 'mailStaff', text: action.text, emails: action.emails }]
      : [action]
  )

/** Whether it reaches a client, so that it waits for the end of quiet hours. */
export const reachesClient = ({ kind }: StepAction): boolean =>
  kind === 'sendMail' || kind === 'sendSms' || kind === 'sendMessage' || kind === 'orderCallback'

/** Whether it leaves the house: it cannot be taken back, nor be part of a transaction. */
export const goesOut = ({ kind }: StepAction): boolean =>
  kind === 'sendMail' || kind === 'sendSms' || kind === 'mailStaff'

export function plan(action: StepAction, facts: Facts, manner: Manner): Planned {
  const is = (part: Partial<Omit<Planned, 'kind'>>): Planned => ({
    kind: action.kind,
    to: null,
    subject: null,
    text: null,
    refuseUrl: null,
    skip: null,
    ...part
  })
  switch (action.kind) {
    case 'sendMail': {
      const to = facts.email
      const skip = to === null ? 'noEmail' : mayNot(action.isMarketing, facts, manner)
      const subject = line(fill(action.subject, facts)).slice(0, 200)
      return is({
        to,
        subject,
        text: withRefusal(fill(action.text, facts), action.isMarketing, manner),
        refuseUrl: action.isMarketing ? manner.refuseUrl : null,
        skip
      })
    }
    case 'sendSms': {
      const to = facts.phone
      const skip = to === null ? 'noPhone' : mayNot(action.isMarketing, facts, manner)
      return is({
        to,
        text: withRefusal(fill(action.text, facts).trim(), action.isMarketing, manner, ' '),
        skip
      })
    }
    case 'sendMessage': {
      const skip = facts.contactId === null ? 'noClient' : mayNot(action.isMarketing, facts, manner)
      return is({
        to: facts.client,
        text: withRefusal(fill(action.text, facts).trim(), action.isMarketing, manner),
        skip
      })
    }
    case 'mailStaff':
      return is({
        to: action.emails.join(', '),
        subject: line(fill(action.text, facts)).slice(0, 120),
        text: fill(action.text, facts)
      })
    case 'notify':
      return is({ text: line(fill(action.text, facts)).slice(0, 500) })
    case 'createTask':
      return is({
        subject: line(fill(action.title, facts)).slice(0, 300) || facts.client || facts.phone || '—',
        text: action.note === null ? null : fill(action.note, facts)
      })
    case 'changeStage':
      return is({ skip: facts.dealId === null ? 'noDeal' : null })
    case 'changeOwner':
      return is({ skip: facts.dealId === null && facts.inquiryId === null ? 'nothingToOwn' : null })
    case 'addTag':
      return is({ text: action.tag, skip: facts.contactId === null ? 'noClient' : null })
    case 'orderCallback':
      return is({ to: facts.phone, skip: facts.phone === null ? 'noPhone' : null })
    case 'webhook':
      return is({})
  }
}

/** Advertising needs a client of whom a refusal can be kept. */
function mayNot(isMarketing: boolean, facts: Facts, manner: Manner): Skip | null {
  if (!isMarketing) return null
  if (facts.contactId === null) return 'noClient'
  if (manner.refuseUrl === null) return 'noAddress'
  if (facts.marketing === 'refused') return 'refused'
  return manner.onlyWithConsent && facts.marketing !== 'given' ? 'noConsent' : null
}

const withRefusal = (text: string, isMarketing: boolean, manner: Manner, gap = '\n\n'): string =>
  isMarketing && manner.refuseUrl !== null ? `${text}${gap}${manner.refuseWords}: ${manner.refuseUrl}` : text
