import type { KindForm } from './form.ts'

export const ringostat: KindForm = {
  fields: [
    { name: 'authKey', type: 'secret', at: 'keys' },
    { name: 'timeZone', type: 'text', at: 'settings', placeholder: 'Europe/Kyiv' },
    { name: 'isCalling', type: 'flag', at: 'settings' },
    { name: 'isSendingRecords', type: 'flag', at: 'settings' },
    { name: 'recordDays', type: 'number', at: 'settings' }
  ],
  steps: [
    { name: 'keys', shows: 'keys' },
    { name: 'address', shows: 'address' }
  ],
  hasPeople: false,
  hasOwner: false,
  hasAddress: true
}
