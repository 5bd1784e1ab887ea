import { z } from 'zod'

/** What the account takes, and nothing else: names and types as they are published for its API v4. */

const id = z.number().int().positive()
const time = z.number().int().min(1_000_000_000).max(9_999_999_999)
const requestId = z.string().max(64).optional()

const values = z.array(z.strictObject({ value: z.string().min(1), enum_code: z.string().optional() })).min(1)
const contact = z.strictObject({
  name: z.string().optional(),
  custom_fields_values: z
    .array(z.strictObject({ field_code: z.enum(['PHONE', 'EMAIL']), values }))
    .min(1)
    .optional()
})
const lead = z.strictObject({ name: z.string().optional() })
const embedded = z.strictObject({ leads: z.array(lead).max(1), contacts: z.array(contact).max(1) })
const unsorted = {
  request_id: requestId,
  source_name: z.string().min(1),
  source_uid: z.string().min(1),
  pipeline_id: id.optional(),
  created_at: time.optional(),
  _embedded: embedded
}

/** By method and path: the item of an array, or the whole body for the old version 2. */
export const bodies: Readonly<Record<string, z.ZodType>> = {
  'POST v4/calls': z.strictObject({
    direction: z.enum(['inbound', 'outbound']),
    uniq: z.string().min(1).optional(),
    duration: z.number().int().min(0),
    source: z.string().min(1),
    link: z.url().optional(),
    phone: z.string().min(1),
    call_result: z.string().optional(),
    call_status: z.number().int().min(1).max(8).optional(),
    call_responsible: z.union([id, z.string().min(1)]).optional(),
    responsible_user_id: id.optional(),
    created_by: id.optional(),
    updated_by: id.optional(),
    created_at: time.optional(),
    updated_at: time.optional(),
    request_id: requestId
  }),
  'POST v4/leads/unsorted/sip': z.strictObject({
    ...unsorted,
    metadata: z.strictObject({
      from: z.string().min(1),
      phone: z.string(),
      called_at: time,
      duration: z.number().int().min(0),
      link: z.url().optional(),
      service_code: z.string().min(1),
      uniq: z.string().min(1).optional(),
      is_call_event_needed: z.boolean().optional(),
      call_responsible: z.union([id, z.string().min(1)]).optional()
    })
  }),
  'POST v4/leads/unsorted/forms': z.strictObject({
    ...unsorted,
    metadata: z.strictObject({
      form_id: z.string().min(1),
      form_name: z.string().min(1),
      form_page: z.string().min(1),
      form_sent_at: time,
      referer: z.string(),
      ip: z.string()
    })
  }),
  'POST v4/notes': z.strictObject({
    entity_id: id,
    note_type: z.literal('common'),
    params: z.strictObject({ text: z.string().min(1) }),
    request_id: requestId
  }),
  'POST v4/tasks': z.strictObject({
    task_type_id: id,
    text: z.string().min(1),
    complete_till: time,
    entity_id: id,
    entity_type: z.enum(['leads', 'contacts', 'companies', 'customers']),
    responsible_user_id: id.optional(),
    request_id: requestId
  }),
  'POST v2/events': z.strictObject({
    add: z
      .array(
        z.strictObject({
          type: z.literal('phone_call'),
          phone_number: z.string().min(1),
          users: z.array(id).min(1)
        })
      )
      .min(1)
  })
}

/** Filters and the like that a list takes. */
export const queries: Readonly<Record<string, readonly string[]>> = {
  account: [],
  'leads/pipelines': [],
  users: ['limit', 'page'],
  contacts: ['query', 'limit', 'page'],
  notes: ['filter[note_type][]', 'filter[updated_at][from]', 'order[id]', 'limit', 'page'],
  'leads/unsorted': ['filter[category][]', 'order[created_at]', 'limit', 'page'],
  tasks: ['filter[entity_type]', 'filter[entity_id][]', 'filter[is_completed]', 'order[id]', 'limit', 'page'],
  entity: []
}
