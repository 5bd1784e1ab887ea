/** What each method of the Data API takes, and of which type: from the published documentation. */

type Check = (value: unknown) => boolean
export interface Shape {
  required: Record<string, Check>
  optional: Record<string, Check>
}

const text: Check = (value) => typeof value === 'string' && value !== ''
const anyText: Check = (value) => typeof value === 'string'
const whole: Check = (value) => Number.isInteger(value)
const amount: Check = (value) => typeof value === 'number' && value >= 0
const flag: Check = (value) => typeof value === 'boolean'
const digits: Check = (value) => typeof value === 'string' && /^(\d{5,15})?$/.test(value)
const date: Check = (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(String(value))
const listOf =
  (check: Check, most = 1000): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= most && value.every(check)
const shaped =
  (shape: Shape): Check =>
  (value) =>
    wrongWith(shape, value as Record<string, unknown>) === null

const call: Shape = {
  required: {
    ...{ ext_id: text, calling_phone_number: digits, called_phone_number: digits },
    ...{ start_time: date, finish_time: date, is_lost: flag }
  },
  optional: {
    ...{ direction: oneOf('in', 'out'), is_transfer: flag, wait_duration: whole, talk_duration: whole },
    ...{ visitor_session_id: whole, campaign_id: whole, source_id: whole, site_id: whole, comment: text },
    mp3_records: listOf(
      shaped({ required: { record_url: text }, optional: { employee_name: text, employee_id: whole } })
    )
  }
}
const request: Shape = {
  required: { date_time: date },
  optional: {
    ...{
      name: text,
      phone: digits,
      email: text,
      message: text,
      visitor_session_id: whole,
      campaign_id: whole
    },
    ...{ source_id: whole, site_id: whole, form_name: text, ext_id: text }
  }
}
const contact: Shape = {
  required: { ext_id: text, name: text },
  optional: { created_date_time: date, phone_numbers: listOf(digits), emails: listOf(text) }
}
const stage: Shape = { required: { ext_id: text, name: text }, optional: {} }
const ordered: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 10_000
const deal: Shape = {
  required: {
    ...{ ext_id: text, name: text, created_date_time: date, modified_stage_date_time: date },
    ...{ sales_funnel_ext_id: text, stage_ext_id: text }
  },
  optional: {
    ...{
      modified_date_time: date,
      closed_date_time: date,
      contact_ext_ids: listOf(text),
      main_contact_ext_id: text
    },
    ...{ employee_ext_id: text, lead_ext_id: text, revenue: amount, comments: text, source: text },
    communication_id: whole,
    communication_type: oneOf('chat', 'offline_message', 'call', 'goal', 'email')
  }
}
const page: Shape = {
  required: {},
  optional: { limit: whole, offset: whole, filter: () => true, fields: listOf(text) }
}

export const methods: Record<string, Shape> = {
  'login.user': { required: { login: text, password: anyText }, optional: {} },
  'get.account': { required: {}, optional: {} },
  ...{ 'get.sites': page, 'get.campaigns': page, 'get.employees': page, 'get.sales_funnel': page },
  'upload.calls': { required: { calls: listOf(shaped(call), 50) }, optional: {} },
  'upload.offline_messages': { required: { offline_messages: listOf(shaped(request), 50) }, optional: {} },
  'create.deal_contacts': { required: { contacts: listOf(shaped(contact)) }, optional: {} },
  'update.deal_contacts': contact,
  'create.sales_funnel': {
    required: {
      ...{ ext_id: text, name: text },
      stages: shaped({
        required: {
          ...{ success: shaped(stage), failed: shaped(stage) },
          in_process: listOf(shaped({ required: { ...stage.required, order: ordered }, optional: {} }), 100)
        },
        optional: {}
      })
    },
    optional: {}
  },
  'create.sales_funnel_stages': {
    required: { sales_funnel_ext_id: text, ext_id: text, name: text, order: ordered },
    optional: {}
  },
  'upload.deals_history': { required: { deals: listOf(shaped(deal)) }, optional: {} }
}

/** @returns the mnemonic of what is wrong, and the field; null when nothing is */
export function wrongWith(shape: Shape, given: Record<string, unknown>): [string, string] | null {
  const known = { ...shape.required, ...shape.optional }
  for (const name of Object.keys(given)) if (!(name in known)) return ['unexpected_parameters', name]
  for (const name of Object.keys(shape.required))
    if (!(name in given)) return ['required_parameter_missed', name]
  for (const [name, value] of Object.entries(given))
    if (!known[name]?.(value)) return ['data_type_error', name]
  return null
}
