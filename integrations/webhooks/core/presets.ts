import type { Body, Field, Message, Template } from './message.ts'

const fieldsOf = (fields: Readonly<Record<string, string>>): Field[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value }))

const message = (event: string, body: Body, needs: string | null = null): Message => ({
  event,
  method: 'POST',
  url: '',
  body,
  headers: [],
  needs
})
const form = (
  event: string,
  fields: Readonly<Record<string, string>>,
  needs: string | null = null
): Message => message(event, { kind: 'form', fields: fieldsOf(fields) }, needs)

/** Words in quotes, numbers without, as whoever writes such a template by hand would do. */
const json = (event: string, fields: Readonly<Record<string, string>>): Message => {
  const lines = Object.entries(fields).map(([name, value]) => `  ${JSON.stringify(name)}: ${value}`)
  return message(event, { kind: 'json', text: `{\n${lines.join(',\n')}\n}` })
}

/** The names of the export, which is all that is published of them. */
const ringostatCall = {
  uniqueid: '{{callId}}',
  call_type: '{{direction}}',
  calldate: '{{startedAt|local}}',
  caller: '{{callerNumber|digits}}',
  caller_number: '{{callerNumber|digits}}',
  dst: '{{ourNumber|digits}}',
  scheme_name: '{{schemeName}}',
  utm_source: '{{utmSource}}',
  utm_medium: '{{utmMedium}}',
  utm_campaign: '{{utmCampaign}}',
  utm_content: '{{utmContent}}',
  utm_term: '{{utmTerm}}',
  client_id: '{{gaClientId}}',
  refferrer: '{{referrer}}',
  landing: '{{landingUrl}}'
}
const ringostatTalk = {
  ...ringostatCall,
  connected_with: '{{operatorName}}',
  employee_number: '{{operatorExtension}}',
  waittime: '{{waitSeconds}}'
}
const ringostat: Template = {
  preset: 'ringostat',
  messages: [
    form('call.initiated', ringostatCall),
    form('call.answered', ringostatTalk),
    form('call.ended', {
      ...ringostatTalk,
      disposition:
        '{{outcome|map:answered=ANSWERED,busy=BUSY,failed=FAILED,voicemail=VOICEMAIL,*=NO ANSWER}}',
      billsec: '{{talkSeconds|default:0}}',
      duration: '{{totalSeconds|default:0}}',
      department: '{{groupName}}',
      has_recording: '{{recordingId|map:=0,*=1}}',
      recording: '{{recordingUrl}}'
    }),
    form('call.rated', { ...ringostatTalk, employee_mark: '{{rating}}' }, 'rating')
  ]
}

const comagicCall = {
  notification_time: '"{{occurredAt|local}}"',
  notification_timestamp: '{{occurredAt|unix}}',
  call_session_id: '"{{callId}}"',
  communication_id: '"{{callId}}"',
  communication_type: '"call"',
  direction: '"{{direction}}"',
  is_internal: 'false',
  virtual_phone_number: '"{{ourNumber|digits}}"',
  calling_phone_number: '"{{callerNumber|digits}}"',
  contact_phone_number: '"{{callerNumber|digits}}"',
  contact_id: '{{contactId}}',
  contact_full_name: '{{contactName}}',
  scenario_id: '{{schemeId}}',
  scenario_name: '{{schemeName}}',
  start_time: '"{{startedAt|local}}"',
  call_source: '{{sourceName}}'
}
const comagicTalk = {
  ...comagicCall,
  called_phone_number: '"{{destinationNumber|digits}}"',
  employee_id: '{{operatorId}}',
  employee_full_name: '{{operatorName}}',
  employee_phone_number: '{{operatorExtension}}',
  wait_time_duration: '{{waitSeconds|default:0}}'
}
const comagicOver = {
  ...comagicTalk,
  talk_time_duration: '{{talkSeconds|default:0}}',
  total_time_duration: '{{totalSeconds|default:0}}',
  tag_names: '{{tags}}'
}
const named = (name: string, mnemonic: string): Record<string, string> => ({
  notification_name: JSON.stringify(name),
  notification_mnemonic: JSON.stringify(mnemonic)
})
const comagic: Template = {
  preset: 'comagic',
  messages: [
    json('call.initiated', { ...named('Incoming call', 'incoming_call'), ...comagicCall }),
    json('call.answered', { ...named('Talk started', 'talk_started'), ...comagicTalk }),
    json('call.ended', { ...named('Call finished', 'call_finished'), ...comagicOver }),
    json('call.missed', { ...named('Lost call', 'lost_call'), ...comagicOver }),
    json('call.recording_ready', {
      ...named('Recording completed', 'recording_completed'),
      ...comagicOver,
      file_link: '{{recordingUrl}}',
      file_duration: '{{recordingSeconds}}'
    })
  ]
}

const roistatCall = {
  id: '"{{callId}}"',
  caller: '"{{callerNumber|digits}}"',
  callee: '"{{ourNumber|digits}}"',
  visit_id: '{{visitId}}',
  marker: '{{sourceName}}',
  order_id: 'null',
  date: '"{{startedAt|offset}}"',
  google_client_id: '{{gaClientId}}',
  custom_fields: '[]',
  landing_page: '{{landingUrl}}',
  city: '{{callerRegion}}',
  country: '{{callerCountry}}',
  referrer: '{{referrer}}',
  utm_source: '{{utmSource}}',
  utm_medium: '{{utmMedium}}',
  utm_campaign: '{{utmCampaign}}',
  utm_term: '{{utmTerm}}',
  utm_content: '{{utmContent}}',
  source_level_1: '{{inquiryChannel}}',
  source_level_2: '{{sourceName}}'
}
const roistat: Template = {
  preset: 'roistat',
  messages: [
    json('call.initiated', roistatCall),
    json('call.ended', {
      ...roistatCall,
      duration: '{{talkSeconds|default:0}}',
      status:
        '"{{outcome|map:answered=ANSWER,busy=BUSY,abandoned=CANCEL,failed=CONGESTION,blocked=DONTCALL,*=NOANSWER}}"',
      link: '{{recordingUrl}}'
    })
  ]
}

const calltouchCall = {
  callid: '{{callId}}',
  callerid: '{{callerNumber|digits}}',
  phonenumber: '{{ourNumber|digits}}',
  date: '{{startedAt|local}}',
  source: '{{sourceName}}',
  medium: '{{medium}}',
  utm_source: '{{utmSource}}',
  utm_medium: '{{utmMedium}}',
  utm_campaign: '{{utmCampaign}}',
  utm_content: '{{utmContent}}',
  utm_term: '{{utmTerm}}'
}
const calltouch: Template = {
  preset: 'calltouch',
  messages: [
    form('call.initiated', calltouchCall),
    form('call.ended', {
      ...calltouchCall,
      destphonenumber: '{{destinationNumber|digits}}',
      duration: '{{talkSeconds|default:0}}',
      token: '{{token}}'
    })
  ]
}

const megafonEvent = (event: string, type: string): Message =>
  form(event, {
    cmd: 'event',
    type,
    phone: '{{callerNumber|digits}}',
    diversion: '{{ourNumber|digits}}',
    user: '{{operatorLogin}}',
    groupRealName: '{{groupName}}',
    ext: '{{operatorExtension}}',
    telnum: '{{ourNumber|digits}}',
    direction: '{{direction}}',
    callid: '{{callId}}',
    crm_token: '{{token}}'
  })
const megafon: Template = {
  preset: 'megafon',
  messages: [
    megafonEvent('call.initiated', '{{direction|map:out=OUTGOING,*=INCOMING}}'),
    megafonEvent('call.answered', 'ACCEPTED'),
    megafonEvent('call.ended', '{{outcome|map:answered=COMPLETED,*=CANCELLED}}'),
    form('call.ended', {
      cmd: 'history',
      type: '{{direction}}',
      user: '{{operatorLogin}}',
      ext: '{{operatorExtension}}',
      groupRealName: '{{groupName}}',
      telnum: '{{ourNumber|digits}}',
      phone: '{{callerNumber|digits}}',
      diversion: '{{ourNumber|digits}}',
      start: '{{startedAt|compact}}',
      duration: '{{talkSeconds|default:0}}',
      callid: '{{callId}}',
      link: '{{recordingUrl}}',
      rating: '{{rating}}',
      status: '{{outcome|map:answered=Success,busy=Busy,failed=NotAvailable,blocked=NotAllowed,*=missed}}',
      crm_token: '{{token}}'
    }),
    form(
      'call.rated',
      {
        cmd: 'rating',
        callid: '{{callId}}',
        rating: '{{rating}}',
        phone: '{{callerNumber|digits}}',
        user: '{{operatorLogin}}',
        ext: '{{operatorExtension}}',
        crm_token: '{{token}}'
      },
      'rating'
    )
  ]
}

/** Templates to begin with, for handlers that were written for other systems. */
export const presets: Readonly<Record<string, Template>> = { ringostat, comagic, roistat, calltouch, megafon }
