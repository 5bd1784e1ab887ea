/** What a parameter may be: its type, and whether it must be there. */
export interface Param {
  type: 'int' | 'ints' | 'string' | 'flag' | 'yesNo' | 'number' | 'object' | 'bool'
  isRequired?: true
  oneOf?: readonly (string | number)[]
}

/** Names and types of the parameters of the methods that we use, as the portal publishes them. */
export const methods: Readonly<Record<string, Readonly<Record<string, Param>>>> = {
  'telephony.externalLine.add': {
    NUMBER: { type: 'string', isRequired: true },
    NAME: { type: 'string' },
    CRM_AUTO_CREATE: { type: 'yesNo' }
  },
  'telephony.externalCall.register': {
    USER_ID: { type: 'int' },
    USER_PHONE_INNER: { type: 'string' },
    PHONE_NUMBER: { type: 'string', isRequired: true },
    TYPE: { type: 'int', isRequired: true, oneOf: [1, 2, 3, 4, 5] },
    CALL_START_DATE: { type: 'string' },
    CRM_CREATE: { type: 'flag' },
    CRM_SOURCE: { type: 'string' },
    CRM_ENTITY_TYPE: { type: 'string', oneOf: ['CONTACT', 'COMPANY', 'LEAD'] },
    CRM_ENTITY_ID: { type: 'int' },
    SHOW: { type: 'flag' },
    ADD_TO_CHAT: { type: 'flag' },
    CALL_LIST_ID: { type: 'int' },
    LINE_NUMBER: { type: 'string', isRequired: true },
    EXTERNAL_CALL_ID: { type: 'string' }
  },
  'telephony.externalCall.show': {
    CALL_ID: { type: 'string', isRequired: true },
    USER_ID: { type: 'ints' }
  },
  'telephony.externalCall.hide': {
    CALL_ID: { type: 'string', isRequired: true },
    USER_ID: { type: 'ints' }
  },
  'telephony.externalCall.finish': {
    CALL_ID: { type: 'string', isRequired: true },
    USER_ID: { type: 'int' },
    USER_PHONE_INNER: { type: 'string' },
    DURATION: { type: 'int' },
    STATUS_CODE: {
      type: 'string',
      oneOf: ['200', '304', '603', '603-S', '403', '404', '486', '484', '503', '480', '402', '423', 'OTHER']
    },
    FAILED_REASON: { type: 'string' },
    COST: { type: 'number' },
    COST_CURRENCY: { type: 'string' },
    VOTE: { type: 'int', oneOf: [1, 2, 3, 4, 5] },
    ADD_TO_CHAT: { type: 'flag' }
  },
  'telephony.externalCall.attachRecord': {
    CALL_ID: { type: 'string', isRequired: true },
    RECORD_URL: { type: 'string' },
    FILENAME: { type: 'string' },
    FILE_CONTENT: { type: 'string' }
  },
  'telephony.externalCall.searchCrmEntities': { PHONE_NUMBER: { type: 'string', isRequired: true } },
  'crm.timeline.comment.add': { fields: { type: 'object', isRequired: true } },
  'event.bind': {
    event: { type: 'string', isRequired: true },
    handler: { type: 'string', isRequired: true },
    auth_type: { type: 'int' },
    event_type: { type: 'string', oneOf: ['online', 'offline'] }
  },
  'user.get': { ACTIVE: { type: 'bool' }, start: { type: 'int' } }
}

const checks: Record<Param['type'], (value: unknown) => boolean> = {
  int: Number.isInteger,
  ints: (value) => Number.isInteger(value) || (Array.isArray(value) && value.every(Number.isInteger)),
  string: (value) => typeof value === 'string' && value !== '',
  flag: (value) => value === 0 || value === 1,
  yesNo: (value) => value === 'Y' || value === 'N',
  number: (value) => typeof value === 'number',
  object: (value) => typeof value === 'object' && value !== null,
  bool: (value) => typeof value === 'boolean'
}

/** Why the portal would not take these parameters; null when it does. */
export function wrongWith(method: string, params: Record<string, unknown>): string | null {
  const known = methods[method]
  if (!known) return `Method not found: ${method}`
  for (const name of Object.keys(params)) if (!known[name]) return `Unknown parameter ${name} of ${method}`
  for (const [name, { type, isRequired, oneOf }] of Object.entries(known)) {
    const value = params[name]
    if (value === undefined) {
      if (isRequired) return `Parameter ${name} is required`
      continue
    }
    if (!checks[type](value)) return `Parameter ${name} must be ${type}, and is ${JSON.stringify(value)}`
    if (oneOf && !oneOf.includes(value as string))
      return `Parameter ${name} cannot be ${JSON.stringify(value)}`
  }
  const isUserless = params['USER_ID'] === undefined && params['USER_PHONE_INNER'] === undefined
  if (/register|finish/.test(method) && isUserless) return 'USER_ID or USER_PHONE_INNER is required'
  return null
}
