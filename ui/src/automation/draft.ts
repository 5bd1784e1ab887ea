import type {
  AutomationAction,
  AutomationCondition,
  AutomationGroup,
  AutomationRule,
  AutomationTriggerSettings
} from '../../../api/contract/automation.ts'
import {
  textVariables,
  waitingTriggers,
  type AutomationTrigger
} from '../../../api/contract/automation-words.ts'

/** A rule while it is written. */
export interface Draft {
  name: string
  isActive: boolean
  trigger: AutomationTrigger
  settings: AutomationTriggerSettings
  groups: AutomationGroup[]
  actions: AutomationAction[]
  limitTimes: number
  limitHours: number
}

export const presets = ['missedAtNight', 'noAnswer', 'thanks', 'lowRating'] as const
export type Preset = (typeof presets)[number]

export const emptyDraft: Draft = {
  name: '',
  isActive: true,
  trigger: 'inquiryCreated',
  settings: {},
  groups: [],
  actions: [],
  limitTimes: 3,
  limitHours: 24
}

export const draftOf = (rule: AutomationRule): Draft => ({
  name: rule.name,
  isActive: rule.isActive,
  trigger: rule.trigger,
  settings: rule.settings,
  groups: rule.groups,
  actions: rule.actions,
  limitTimes: rule.limitTimes,
  limitHours: rule.limitHours
})

const waits: readonly string[] = waitingTriggers

/** What a trigger begins with. */
export function settingsFor(trigger: AutomationTrigger): AutomationTriggerSettings {
  if (waits.includes(trigger)) return { minutes: trigger === 'inquiryUnanswered' ? 20 : 24 * 60 }
  if (trigger === 'callRated') return { rating: 2 }
  if (trigger === 'dealStage') return { stageIds: [] }
  return trigger === 'callEnded' ? { direction: 'any', outcomes: [] } : {}
}

export const newConditions: Record<AutomationCondition['kind'], AutomationCondition> = {
  source: { kind: 'source', is: true, values: [] },
  inquiryChannel: { kind: 'inquiryChannel', is: true, values: [] },
  campaign: { kind: 'campaign', is: true, values: [] },
  tag: { kind: 'tag', is: true, values: [] },
  amount: { kind: 'amount', min: null, max: null },
  stage: { kind: 'stage', is: true, values: [] },
  responsible: { kind: 'responsible', is: true, values: [] },
  client: { kind: 'client', is: 'new' },
  schedule: { kind: 'schedule', is: true, scheduleId: '' },
  time: { kind: 'time', is: true, days: [], from: '09:00', to: '18:00' }
}

export const newActions: Record<AutomationAction['kind'], AutomationAction> = {
  createTask: { kind: 'createTask', title: '', note: null, for: { kind: 'responsible' }, dueMinutes: 60 },
  changeStage: { kind: 'changeStage', stageId: '' },
  changeOwner: { kind: 'changeOwner', userId: '' },
  addTag: { kind: 'addTag', tag: '' },
  sendMail: { kind: 'sendMail', subject: '', text: '', isMarketing: false },
  sendSms: { kind: 'sendSms', text: '', isMarketing: false },
  sendMessage: { kind: 'sendMessage', text: '', isMarketing: false },
  orderCallback: { kind: 'orderCallback', groupId: null },
  webhook: { kind: 'webhook' },
  notify: { kind: 'notify', to: { kind: 'supervisors' }, text: '', emails: [] }
}

/** Variables of a text that there are not: a client would read a hole. */
export function strangeVariables(text: string): string[] {
  const known: readonly string[] = textVariables
  return [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.includes(name))
}

function isFilled(condition: AutomationCondition): boolean {
  if ('values' in condition) return condition.values.length > 0
  if (condition.kind === 'schedule') return condition.scheduleId !== ''
  return condition.kind !== 'amount' || condition.min !== null || condition.max !== null
}

const textsOf = (action: AutomationAction): string[] => {
  switch (action.kind) {
    case 'sendMail':
      return [action.subject, action.text]
    case 'sendSms':
    case 'sendMessage':
    case 'notify':
      return [action.text]
    case 'createTask':
      return [action.title]
    case 'addTag':
      return [action.tag]
    case 'changeStage':
      return [action.stageId]
    case 'changeOwner':
      return [action.userId]
    default:
      return []
  }
}

const isReady = (action: AutomationAction): boolean =>
  textsOf(action).every((text) => text.trim() !== '' && strangeVariables(text).length === 0) &&
  !('for' in action && 'id' in action.for && action.for.id === '') &&
  !('to' in action && 'id' in action.to && action.to.id === '')

/** Whether all that a rule needs is there: the button to save waits for it. */
export const isComplete = ({ name, trigger, settings, groups, actions }: Draft): boolean =>
  name.trim() !== '' &&
  (trigger !== 'dealStage' || (settings.stageIds ?? []).length > 0) &&
  (!waits.includes(trigger) || settings.minutes !== undefined) &&
  groups.every(({ conditions }) => conditions.every(isFilled)) &&
  actions.length > 0 &&
  actions.every(isReady)

/** As it is sent: groups without conditions say nothing. */
export const bodyOf = (draft: Draft) => ({
  ...draft,
  name: draft.name.trim(),
  groups: draft.groups.filter(({ conditions }) => conditions.length > 0)
})
