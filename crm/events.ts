/** What the CRM tells the world outside: a webhook may subscribe to these beside the moments of calls. */
export const crmEvents = [
  'inquiry.created',
  'form.submitted',
  'message.received',
  'deal.stage_changed',
  'automation.fired'
] as const

export interface CrmEvent {
  type: (typeof crmEvents)[number]
  atMs: number
  data: Record<string, unknown>
}
