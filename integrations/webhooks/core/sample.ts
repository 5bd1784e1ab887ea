import type { Payload } from './payload.ts'

const callId = '0193a000-0000-7000-8000-000000000001'
const startedAt = '2026-11-20T09:15:00.000Z'
const operator = { id: '00000000-0000-4000-8000-00000000000a', name: 'Anna Petrova' }

const call = {
  id: callId,
  direction: 'in',
  callType: 'tracking_dynamic',
  callerNumber: '+79161234567',
  callerName: null,
  callerRegion: 'Moscow',
  callerCountry: 'RU',
  dialedNumber: '+74951112233',
  startedAt,
  answeredAt: '2026-11-20T09:15:08.000Z',
  endedAt: '2026-11-20T09:17:20.000Z',
  outcome: 'answered',
  reason: 'talked',
  hangupBy: 'client',
  waitSeconds: 8,
  talkSeconds: 132,
  totalSeconds: 140,
  holdSeconds: 0,
  isFirstCall: true,
  isTransferred: false,
  operatorId: operator.id,
  operatorName: operator.name,
  groupName: 'Sales',
  schemeId: '00000000-0000-4000-8000-00000000000b',
  schemeName: 'Main',
  contactId: '00000000-0000-4000-8000-00000000000c',
  contactName: 'Ivan "Vanya" Smirnov',
  rating: 5,
  pressed: '1',
  tags: ['new', 'windows'],
  note: 'Wants a quote',
  recordingId: '00000000-0000-4000-8000-00000000000d',
  recordingSeconds: 132,
  sourceId: '00000000-0000-4000-8000-00000000000e',
  sourceName: 'Yandex Direct',
  inquiryChannel: 'paid',
  medium: 'cpc',
  campaign: 'Windows & doors',
  keyword: 'buy windows',
  utm: { source: 'yandex', medium: 'cpc', campaign: 'windows', content: 'banner', term: 'buy windows' },
  siteId: '00000000-0000-4000-8000-00000000000f',
  visitId: '00000000-0000-4000-8000-000000000010',
  visitorId: '00000000-0000-4000-8000-000000000011',
  landingUrl: 'https://shop.example/windows?utm_source=yandex',
  pageUrl: 'https://shop.example/contacts',
  referrer: 'https://yandex.ru/',
  gaClientId: '123.456',
  ymClientId: '1700000000000000000'
}

const missed = {
  ...call,
  answeredAt: null,
  outcome: 'missed',
  talkSeconds: 0,
  operatorId: null,
  operatorName: null,
  rating: null,
  recordingId: null,
  recordingSeconds: null
}

const inquiry = {
  id: 'i1',
  kind: 'form',
  title: 'Form',
  phone: call.callerNumber,
  name: 'Ivan',
  email: 'ivan@example.org',
  source: 'yandex',
  inquiryChannel: 'paid',
  visitId: call.visitId
}
const deal = {
  id: 'd1',
  title: 'Windows',
  amount: 45000,
  currency: 'RUB',
  inquiryId: 'i1',
  contactId: call.contactId
}

const own: Readonly<Record<string, Record<string, unknown>>> = {
  'call.initiated': {
    direction: 'in',
    callType: call.callType,
    caller: { number: call.callerNumber, name: null, country: 'RU', region: 'Moscow' },
    dialed: call.dialedNumber,
    source: {
      id: call.sourceId,
      name: call.sourceName,
      inquiryChannel: 'paid',
      medium: 'cpc',
      campaign: call.campaign,
      keyword: call.keyword
    },
    visit: {
      visitId: call.visitId,
      visitorId: call.visitorId,
      landingUrl: call.landingUrl,
      pageUrl: call.pageUrl,
      referrer: call.referrer,
      utm: call.utm,
      gaClientId: call.gaClientId,
      ymClientId: call.ymClientId
    },
    site: { id: call.siteId, name: 'shop.example' },
    contact: { id: call.contactId, name: call.contactName, company: null },
    scheme: { id: call.schemeId, name: call.schemeName, version: 3 }
  },
  'call.forwarding_step': {
    call: missed,
    step: 2,
    state: 'started',
    blockType: 'ring',
    label: 'Sales first',
    targets: [],
    groupName: 'Sales'
  },
  'call.answered': { call, operator, waitSeconds: 8, recordingId: call.recordingId },
  'call.rated': { call, rating: 5, operatorId: operator.id, operatorName: operator.name },
  'call.ended': { call },
  'call.missed': { call: missed, outcome: 'missed', reason: 'noAnswer' },
  'call.recording_ready': { call, recordingId: call.recordingId, state: 'ready', seconds: 132 },
  'call.modified': { call, changes: { note: call.note } },
  'inquiry.created': { inquiry },
  'form.submitted': {
    form: {
      id: 'f1',
      formName: 'Callback',
      name: 'Ivan',
      phone: call.callerNumber,
      email: inquiry.email,
      message: 'Please call',
      pageUrl: call.pageUrl,
      fields: {}
    },
    inquiryId: 'i1'
  },
  'message.received': {
    message: {
      id: 'm1',
      conversationId: 'v1',
      channelId: 'h1',
      channelKind: 'mail',
      name: 'Ivan',
      email: inquiry.email,
      phone: null,
      subject: 'Windows',
      text: 'What do they cost?',
      files: 0
    },
    inquiryId: 'i1',
    dealId: null,
    contactId: call.contactId
  },
  'deal.stage_changed': { deal, from: { name: 'New' }, to: { name: 'In work' } },
  'automation.fired': {
    rule: { id: 'r1', name: 'Big deals' },
    subject: 'deal',
    subjectId: 'd1',
    contactId: call.contactId,
    inquiryId: 'i1',
    dealId: 'd1',
    callId: null,
    client: 'Ivan Petrov',
    phone: '+74951234567',
    email: 'ivan@example.com',
    source: 'Google',
    inquiryChannel: 'paid',
    campaign: 'windows',
    amount: 120000,
    currency: 'RUB',
    stage: 'In work',
    responsibleId: null,
    rating: null
  }
}

/** A made-up payload of an event: to check templates, and to show them where nothing has happened yet. */
export function samplePayload(event: string): Payload {
  const at =
    event === 'call.initiated' ? startedAt : event === 'call.answered' ? call.answeredAt : call.endedAt
  const ofCall = event.startsWith('call.')
    ? { callId, sequence: event === 'call.initiated' ? 1 : 20, occurredAt: at }
    : {}
  return { type: event, timestamp: at, data: { ...own[event], ...ofCall } }
}
