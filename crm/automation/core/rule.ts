/** PURE. What a rule of automation is made of: trigger → conditions → actions. */

/** What happened, as it is told to automation. */
export const eventTypes = [
  'inquiry.created',
  'form.submitted',
  'message.received',
  'deal.stage_changed',
  'call.ended',
  'call.rated',
  'inquiry.unanswered',
  'inquiry.idle',
  'deal.idle',
  'task.overdue'
] as const
export type EventType = (typeof eventTypes)[number]

export type Subject = 'inquiry' | 'deal' | 'call' | 'form' | 'task' | 'message'

/** Which events may fire a rule of each trigger. */
export const eventOf = {
  inquiryCreated: 'inquiry.created',
  inquiryUnanswered: 'inquiry.unanswered',
  inquiryIdle: 'inquiry.idle',
  formSubmitted: 'form.submitted',
  messageReceived: 'message.received',
  missedCall: 'call.ended',
  callEnded: 'call.ended',
  callRated: 'call.rated',
  dealStage: 'deal.stage_changed',
  dealWon: 'deal.stage_changed',
  dealLost: 'deal.stage_changed',
  dealIdle: 'deal.idle',
  taskOverdue: 'task.overdue'
} as const satisfies Record<string, EventType>
export type Trigger = keyof typeof eventOf

/** What a trigger asks for; what it does not ask for is left out. */
export interface TriggerSettings {
  /** Of the triggers that wait: how long nothing happened. */
  minutes?: number | undefined
  stageIds?: string[] | undefined
  outcomes?: string[] | undefined
  direction?: 'in' | 'out' | 'any' | undefined
  /** Ratings up to this one. */
  rating?: number | undefined
}

export type Condition =
  | { kind: 'source' | 'inquiryChannel' | 'campaign' | 'tag'; is: boolean; values: string[] }
  | { kind: 'stage' | 'responsible'; is: boolean; values: string[] }
  | { kind: 'amount'; min: number | null; max: number | null }
  | { kind: 'client'; is: 'new' | 'known' }
  | { kind: 'schedule'; is: boolean; scheduleId: string }
  | { kind: 'time'; is: boolean; days: number[]; from: string; to: string }

export interface Group {
  match: 'all' | 'any'
  conditions: Condition[]
}

export type Assignee =
  | { kind: 'responsible' }
  | { kind: 'supervisor' }
  | { kind: 'user'; id: string }
  | { kind: 'group'; id: string }
export type Told = { kind: 'supervisors' } | { kind: 'responsible' } | { kind: 'user'; id: string }

export type Action =
  | { kind: 'createTask'; title: string; note: string | null; for: Assignee; dueMinutes: number }
  | { kind: 'changeStage'; stageId: string }
  | { kind: 'changeOwner'; userId: string }
  | { kind: 'addTag'; tag: string }
  | { kind: 'sendMail'; subject: string; text: string; isMarketing: boolean }
  | { kind: 'sendSms'; text: string; isMarketing: boolean }
  | { kind: 'sendMessage'; text: string; isMarketing: boolean }
  | { kind: 'orderCallback'; groupId: string | null }
  | { kind: 'webhook' }
  | { kind: 'notify'; to: Told; text: string; emails: string[] }
export type ActionKind = Action['kind']

/** A single thing to do; a notice that is also mailed is two. */
export type StepAction = Action | { kind: 'mailStaff'; text: string; emails: string[] }

export interface Rule {
  id: string
  name: string
  trigger: Trigger
  settings: TriggerSettings
  groups: Group[]
  actions: Action[]
  limitTimes: number
  limitHours: number
}

/** What is known of the event's subject and its client. */
export interface Facts {
  subject: Subject
  subjectId: string
  /** When the event was. */
  atMs: number
  contactId: string | null
  client: string | null
  phone: string | null
  email: string | null
  isNewClient: boolean
  ownerId: string | null
  /** May the client be sent advertising? `refused`: they said no; `unknown`: they were not asked. */
  marketing: 'given' | 'refused' | 'unknown'
  tags: string[]
  source: string | null
  inquiryChannel: string | null
  campaign: string | null
  inquiryId: string | null
  dealId: string | null
  deal: string | null
  amount: number | null
  currency: string | null
  stageId: string | null
  stageKind: 'open' | 'won' | 'lost' | null
  stage: string | null
  responsibleId: string | null
  responsible: string | null
  callId: string | null
  direction: 'in' | 'out' | null
  outcome: string | null
  rating: number | null
  operator: string | null
  text: string | null
  isSpam: boolean
}

/** Of the event itself, where its subject may have gone on meanwhile. */
export interface EventData {
  stageId?: string | undefined
  stageKind?: string | undefined
}

const missed = new Set(['missed', 'abandoned', 'busy', 'failed', 'voicemail'])

/** Whether an event of the trigger's type is what the rule waits for. */
export function fires(rule: Pick<Rule, 'trigger' | 'settings'>, facts: Facts, data: EventData): boolean {
  const { settings } = rule
  switch (rule.trigger) {
    case 'missedCall':
      return facts.direction === 'in' && missed.has(facts.outcome ?? '') && !facts.isSpam
    case 'callEnded': {
      const { direction = 'any', outcomes = [] } = settings
      if (facts.isSpam || (direction !== 'any' && facts.direction !== direction)) return false
      return outcomes.length === 0 || outcomes.includes(facts.outcome ?? '')
    }
    case 'callRated':
      return facts.rating !== null && facts.rating <= (settings.rating ?? 2)
    case 'dealStage':
      return (settings.stageIds ?? []).includes(data.stageId ?? '')
    case 'dealWon':
      return data.stageKind === 'won'
    case 'dealLost':
      return data.stageKind === 'lost'
    default:
      return true
  }
}
