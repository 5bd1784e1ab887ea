import type { KindForm } from './form.ts'

export const calltouch: KindForm = {
  fields: [
    { name: 'atsCode', type: 'text', at: 'first' },
    { name: 'token', type: 'secret', at: 'keys' },
    { name: 'timeZone', type: 'text', at: 'settings', placeholder: 'Europe/Moscow' },
    { name: 'isSendingMissed', type: 'flag', at: 'settings' }
  ],
  steps: [{ name: 'ask' }, { name: 'keys', shows: 'keys' }],
  hasPeople: false,
  hasOwner: false,
  hasAddress: false
}
