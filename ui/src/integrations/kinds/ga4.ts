import type { KindForm } from './form.ts'

export const ga4: KindForm = {
  fields: [
    { name: 'measurementId', type: 'text', at: 'first', placeholder: 'G-ABC123DEF4' },
    { name: 'apiSecret', type: 'secret', at: 'keys' },
    { name: 'isSendingCalls', type: 'flag', at: 'settings' },
    { name: 'isSendingInquiries', type: 'flag', at: 'settings' },
    { name: 'isSendingDeals', type: 'flag', at: 'settings' },
    { name: 'callEvent', type: 'text', at: 'settings' },
    { name: 'missedEvent', type: 'text', at: 'settings' },
    { name: 'inquiryEvent', type: 'text', at: 'settings' },
    { name: 'consent', type: 'choice', choices: ['unset', 'granted', 'denied'], at: 'settings' }
  ],
  steps: [{ name: 'stream' }, { name: 'keys', shows: 'keys' }],
  hasPeople: false,
  hasOwner: false,
  hasAddress: false
}
