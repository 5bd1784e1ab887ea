import { bagAt, type Bag, type Payload } from './payload.ts'

export type Value = string | number | boolean | null

/** What a message is made of. */
export interface Facts {
  payload: Payload
  /** The same in every attempt: `webhook-id`. */
  deliveryId: string
  /** The token that the receiver asks for; `{{token}}`. */
  token: string
  /** Where people reach this installation, without a slash at the end. */
  publicUrl: string | null
  /** Of the company, for dates that name no zone. */
  timeZone: string
  /** What the payload does not tell of its operator. */
  operator: { login: string; extension: string | null } | null
}

interface Variable {
  kind: 'text' | 'number' | 'time' | 'flag'
  read: (of: Read) => unknown
}

/** The places to look at, each empty where there is none. */
interface Read extends Facts {
  data: Bag
  call: Bag
  utm: Bag
  visit: Bag
  inquiry: Bag
  form: Bag
  deal: Bag
}

const text = (read: Variable['read']): Variable => ({ kind: 'text', read })
const number = (read: Variable['read']): Variable => ({ kind: 'number', read })
const time = (read: Variable['read']): Variable => ({ kind: 'time', read })
const flag = (read: Variable['read']): Variable => ({ kind: 'flag', read })
const ofCall = (name: string) => (of: Read) => of.call[name] ?? of.data[name]
const utm = (name: string) =>
  text((of) => of.utm[name] ?? of.utm[`utm_${name}`] ?? of.inquiry[`utm_${name}`] ?? null)

/** The caller as the first moment tells of them: there is no journal row yet. */
const atFirst = (of: Read): Bag => bagAt(of.data, 'caller')
const source = (of: Read): Bag => bagAt(of.data, 'source')

/** All variables of templates, by name, in the order in which they are offered. */
export const variables: Readonly<Record<string, Variable>> = {
  event: text((of) => of.payload.type),
  occurredAt: time((of) => of.data['occurredAt'] ?? of.payload.timestamp),
  deliveryId: text((of) => of.deliveryId),
  token: text((of) => of.token),
  callId: text((of) => of.data['callId'] ?? of.call['id'] ?? of.inquiry['callId']),
  sequence: number((of) => of.data['sequence']),
  direction: text(ofCall('direction')),
  callType: text(ofCall('callType')),
  callerNumber: text(
    (of) => of.call['callerNumber'] ?? atFirst(of)['number'] ?? of.inquiry['phone'] ?? of.form['phone']
  ),
  callerName: text(
    (of) => of.call['callerName'] ?? atFirst(of)['name'] ?? of.inquiry['name'] ?? of.form['name']
  ),
  callerRegion: text((of) => of.call['callerRegion'] ?? atFirst(of)['region']),
  callerCountry: text((of) => of.call['callerCountry'] ?? atFirst(of)['country']),
  dialedNumber: text((of) => of.call['dialedNumber'] ?? of.data['dialed']),
  /** The number of the company that the call came to. */
  ourNumber: text((of) =>
    ofCall('direction')(of) === 'out' ? null : (of.call['dialedNumber'] ?? of.data['dialed'])
  ),
  destinationNumber: text(ofCall('destinationNumber')),
  startedAt: time((of) => of.call['startedAt'] ?? of.data['occurredAt'] ?? of.payload.timestamp),
  answeredAt: time(ofCall('answeredAt')),
  endedAt: time(ofCall('endedAt')),
  outcome: text(ofCall('outcome')),
  reason: text(ofCall('reason')),
  hangupBy: text(ofCall('hangupBy')),
  waitSeconds: number(ofCall('waitSeconds')),
  talkSeconds: number(ofCall('talkSeconds')),
  totalSeconds: number(ofCall('totalSeconds')),
  holdSeconds: number(ofCall('holdSeconds')),
  isFirstCall: flag(ofCall('isFirstCall')),
  isTransferred: flag(ofCall('isTransferred')),
  operatorId: text(
    (of) => bagAt(of.data, 'operator')['id'] ?? of.data['operatorId'] ?? of.call['operatorId']
  ),
  operatorName: text(
    (of) => bagAt(of.data, 'operator')['name'] ?? of.data['operatorName'] ?? of.call['operatorName']
  ),
  operatorLogin: text((of) => of.operator?.login),
  operatorExtension: text((of) => of.operator?.extension),
  groupName: text(ofCall('groupName')),
  schemeId: text((of) => of.call['schemeId'] ?? bagAt(of.data, 'scheme')['id']),
  schemeName: text((of) => of.call['schemeName'] ?? bagAt(of.data, 'scheme')['name']),
  stepName: text((of) => of.data['label'] ?? of.data['blockType']),
  stepState: text((of) => of.data['state']),
  contactId: text(
    (of) =>
      of.call['contactId'] ??
      bagAt(of.data, 'contact')['id'] ??
      of.data['contactId'] ??
      of.inquiry['contactId'] ??
      of.deal['contactId']
  ),
  contactName: text(
    (of) => of.call['contactName'] ?? bagAt(of.data, 'contact')['name'] ?? of.inquiry['name']
  ),
  rating: number((of) => of.data['rating'] ?? of.call['rating']),
  pressed: text(ofCall('pressed')),
  tags: text((of) => of.call['tags']),
  note: text(ofCall('note')),
  recordingId: text((of) => of.data['recordingId'] ?? of.call['recordingId']),
  recordingSeconds: number((of) => of.data['seconds'] ?? of.call['recordingSeconds']),
  recordingUrl: text((of) => {
    const id = of.data['callId']
    const isThere = (of.data['recordingId'] ?? of.call['recordingId'] ?? null) !== null
    return isThere && of.publicUrl !== null ? `${of.publicUrl}/api/calls/${String(id)}/recording` : null
  }),
  sourceId: text((of) => of.call['sourceId'] ?? source(of)['id']),
  sourceName: text(
    (of) => of.call['sourceName'] ?? source(of)['name'] ?? of.inquiry['source'] ?? of.deal['source']
  ),
  inquiryChannel: text(
    (of) =>
      of.call['inquiryChannel'] ??
      source(of)['inquiryChannel'] ??
      of.inquiry['inquiryChannel'] ??
      of.deal['inquiryChannel']
  ),
  medium: text(
    (of) => of.call['medium'] ?? source(of)['medium'] ?? of.inquiry['medium'] ?? of.deal['medium']
  ),
  campaign: text(
    (of) => of.call['campaign'] ?? source(of)['campaign'] ?? of.inquiry['campaign'] ?? of.deal['campaign']
  ),
  keyword: text(
    (of) => of.call['keyword'] ?? source(of)['keyword'] ?? of.inquiry['keyword'] ?? of.deal['keyword']
  ),
  utmSource: utm('source'),
  utmMedium: utm('medium'),
  utmCampaign: utm('campaign'),
  utmContent: utm('content'),
  utmTerm: utm('term'),
  siteId: text(
    (of) => of.call['siteId'] ?? bagAt(of.data, 'site')['id'] ?? of.inquiry['siteId'] ?? of.form['siteId']
  ),
  visitId: text(
    (of) => of.call['visitId'] ?? of.visit['visitId'] ?? of.inquiry['visitId'] ?? of.form['visitId']
  ),
  visitorId: text((of) => of.call['visitorId'] ?? of.visit['visitorId']),
  landingUrl: text((of) => of.call['landingUrl'] ?? of.visit['landingUrl']),
  pageUrl: text((of) => of.call['pageUrl'] ?? of.visit['pageUrl'] ?? of.form['pageUrl']),
  referrer: text((of) => of.call['referrer'] ?? of.visit['referrer']),
  gaClientId: text((of) => of.call['gaClientId'] ?? of.visit['gaClientId']),
  ymClientId: text((of) => of.call['ymClientId'] ?? of.visit['ymClientId']),
  inquiryId: text((of) => of.inquiry['id'] ?? of.data['inquiryId'] ?? of.deal['inquiryId']),
  inquiryKind: text((of) => of.inquiry['kind']),
  formName: text((of) => of.form['formName']),
  email: text((of) => of.inquiry['email'] ?? of.form['email']),
  message: text((of) => of.form['message']),
  dealId: text((of) => of.deal['id'] ?? of.data['dealId']),
  dealTitle: text((of) => of.deal['title']),
  dealAmount: number((of) => of.deal['amount']),
  dealCurrency: text((of) => of.deal['currency']),
  stageFrom: text((of) => bagAt(of.data, 'from')['name']),
  stageTo: text((of) => bagAt(of.data, 'to')['name'])
}

export const variableNames = Object.keys(variables)

/** Whose login and extension a message may tell of. */
export const operatorIdOf = ({ data }: Payload): string | null => {
  const id = bagAt(data, 'operator')['id'] ?? data['operatorId'] ?? bagAt(data, 'call')['operatorId']
  return typeof id === 'string' ? id : null
}

/** The value of a variable; null where the moment does not know it. @param name must be one of `variables` */
export function valueOf(name: string, facts: Facts): Value {
  const variable = variables[name]
  if (variable === undefined) throw new Error(`there is no variable ${name}`)
  const { data } = facts.payload
  const call = bagAt(data, 'call')
  const visit = bagAt(data, 'visit')
  const found = variable.read({
    ...facts,
    ...{ data, call, visit },
    utm: Object.keys(bagAt(call, 'utm')).length > 0 ? bagAt(call, 'utm') : bagAt(visit, 'utm'),
    inquiry: bagAt(data, 'inquiry'),
    form: bagAt(data, 'form'),
    deal: bagAt(data, 'deal')
  })
  return plain(found, variable.kind)
}

function plain(value: unknown, kind: Variable['kind']): Value {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(String).join(', ')
  if (kind === 'number') return Number.isFinite(Number(value)) ? Number(value) : null
  if (kind === 'flag') return value === true
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null
}
