import type { KindForm } from './form.ts'

export const googleAds: KindForm = {
  fields: [
    { name: 'customerId', type: 'text', at: 'first', placeholder: '123-456-7890' },
    { name: 'loginCustomerId', type: 'text', at: 'first', placeholder: '123-456-7890', isOptional: true },
    { name: 'developerToken', type: 'secret', at: 'keys' },
    { name: 'clientId', type: 'secret', at: 'keys' },
    { name: 'clientSecret', type: 'secret', at: 'keys' },
    { name: 'refreshToken', type: 'secret', at: 'keys' },
    { name: 'isReadingCosts', type: 'flag', at: 'settings' },
    { name: 'isSendingHashes', type: 'flag', at: 'settings' },
    { name: 'callAction', type: 'list', from: 'actions', at: 'settings', isOptional: true },
    { name: 'inquiryAction', type: 'list', from: 'actions', at: 'settings', isOptional: true },
    { name: 'wonAction', type: 'list', from: 'actions', at: 'settings', isOptional: true },
    { name: 'consent', type: 'choice', choices: ['unset', 'granted', 'denied'], at: 'settings' },
    { name: 'version', type: 'text', at: 'settings', placeholder: 'v22' }
  ],
  steps: [{ name: 'project' }, { name: 'developer' }, { name: 'keys', shows: 'keys' }],
  hasPeople: false,
  hasOwner: false,
  hasAddress: false
}
