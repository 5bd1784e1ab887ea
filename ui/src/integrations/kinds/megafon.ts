import type { KindForm } from './form.ts'

export const megafon: KindForm = {
  fields: [
    {
      name: 'url',
      type: 'text',
      at: 'first',
      isAddress: true,
      placeholder: 'https://crm.example.com/telephony'
    },
    { name: 'crmToken', type: 'secret', at: 'keys' },
    { name: 'apiKey', type: 'secret', at: 'keys', isOptional: true },
    { name: 'isTellingEvents', type: 'flag', at: 'settings' },
    { name: 'isSendingRecords', type: 'flag', at: 'settings' }
  ],
  steps: [
    { name: 'crm', shows: 'address' },
    { name: 'keys', shows: 'keys' }
  ],
  hasPeople: false,
  hasOwner: true,
  hasAddress: true
}
