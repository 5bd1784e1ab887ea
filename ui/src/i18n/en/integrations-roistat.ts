export const roistat = {
  name: 'Roistat',
  about:
    'Calls and forms go to Roistat with their visit; it takes inquiries and deals with sums by itself; its leads become inquiries.',
  fields: {
    project: {
      label: 'Number of the project',
      hint: 'The number in its address: cloud.roistat.com/projects/12345.',
      wrong: 'A number is needed, such as 12345.'
    },
    user: {
      label: 'User',
      hint: 'Think up a name and a password, and enter the same in Roistat in step 1. Without them it cannot take deals.',
      wrong: 'Latin letters, digits and . _ @ -'
    },
    password: { label: 'Password' },
    apiKey: { label: 'API key', hint: 'In Roistat: your name at the top → Profile → API key.' },
    leadKey: {
      label: 'Key for leads',
      hint: 'Only needed to send forms: Integrations → Sending leads → integration key.'
    },
    isSendingCalls: { label: 'Send calls that came in' },
    isSendingForms: {
      label: 'Send forms of sites',
      hint: 'They do not come back: Roistat gets them marked as not to be sent to a CRM.'
    },
    isMarking: {
      label: 'Where Roistat knows no visit, send our source as a marker',
      hint: 'Such as yandex_Windows_buy-windows: numbers of offline advertising are seen this way too.'
    },
    currency: {
      label: 'Currency of the project',
      hint: 'Sums of deals in another currency are not told.',
      wrong: 'Three letters, such as RUB.'
    },
    locale: { label: 'Language of statuses and comments' }
  },
  choices: { locale: { ru: 'Russian', en: 'English' } },
  steps: {
    crm: 'Join us as your own CRM',
    crmText:
      'In Roistat: Integrations → Connect a CRM → Own CRM. Enter this address, and think up a name and a password: the next step asks for them.',
    keys: 'Bring the keys here',
    keysText: 'They are kept sealed and never shown again.',
    statuses: 'Put statuses into groups',
    statusesText:
      'After the first load, put stages of deals into the groups In work, Paid and Cancelled in Roistat. Deals have the field roistat by themselves.'
  },
  sends: {
    call: 'A call that came in, once it is over: who talked, how long, rating, visit, link to the record',
    lead: 'A form of a site: name, telephone, mail, visit',
    orders: 'When Roistat asks: inquiries and deals with stage, sum, cost and visit',
    clients: 'Clients with telephone and mail',
    back: 'From there: leads, and calls that went past us, become inquiries; comments and tasks go to the deal'
  },
  troubles: {
    login: 'Roistat does not take the API key. Get a new one in the profile.',
    authentication_failed: 'Roistat does not take the key: check the API key and the key for leads.',
    otherProject: 'This key does not open a project with that number.',
    project_not_found: 'There is no project with that number.',
    noApiKey: 'There is no API key yet: enter it.',
    noLeadKey: 'To send forms, a key for leads is needed. Enter it, or switch forms off.',
    request_limit_error: 'Roistat asks for a pause: too many requests.'
  }
}
