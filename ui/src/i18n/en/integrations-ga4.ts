export const ga4 = {
  name: 'Google Analytics 4',
  about: 'Calls, inquiries and won deals as events of your data stream, in the session that brought them.',
  fields: {
    measurementId: {
      label: 'Measurement ID',
      wrong: 'This must be a measurement ID of a web stream, such as G-ABC123DEF4.'
    },
    apiSecret: { label: 'API secret of the Measurement Protocol' },
    isSendingCalls: { label: 'Send calls' },
    isSendingInquiries: { label: 'Send new inquiries' },
    isSendingDeals: { label: 'Send won deals as purchases' },
    callEvent: { label: 'Event of an answered call' },
    missedEvent: { label: 'Event of a missed call' },
    inquiryEvent: { label: 'Event of a new inquiry' },
    consent: { label: 'Consent that is sent along' }
  },
  choices: {
    consent: {
      unset: 'None: Google goes by what the page has said',
      granted: 'Given for ads and personalisation',
      denied: 'Not given'
    }
  },
  steps: {
    stream: 'Make an API secret',
    streamText:
      'In Google Analytics open Admin → Data streams → your web stream → Measurement Protocol API secrets, and create one.',
    keys: 'Bring the secret here',
    keysText:
      'It is kept sealed. An example event is sent to Google’s checking address. Google does not say there whether the secret is right: look at the real-time report after the first call.'
  },
  sends: {
    calls: 'Incoming calls with length, first or not, source and campaign.',
    inquiries: 'New forms, callbacks and messages.',
    deals: 'Won deals as “purchase” with sum and currency; a repeat counts once.',
    ids: 'Only who has a client ID of Google Analytics (cookie _ga). Events older than three days are not taken.'
  },
  troubles: {
    login: 'Google takes the secret no more. Bring a new one.',
    noSecret: 'There is no API secret yet.'
  }
}
