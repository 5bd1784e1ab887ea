import type { KindForm } from './form.ts'

export const roistat: KindForm = {
  fields: [
    { name: 'project', type: 'text', at: 'first', placeholder: '12345' },
    { name: 'user', type: 'text', at: 'keys', isOptional: true, placeholder: 'ringtrace' },
    { name: 'password', type: 'secret', at: 'keys', isOptional: true },
    { name: 'apiKey', type: 'secret', at: 'keys' },
    { name: 'leadKey', type: 'secret', at: 'keys', isOptional: true },
    { name: 'isSendingCalls', type: 'flag', at: 'settings' },
    { name: 'isSendingForms', type: 'flag', at: 'settings' },
    { name: 'isMarking', type: 'flag', at: 'settings' },
    { name: 'currency', type: 'text', at: 'settings', placeholder: 'RUB' },
    { name: 'locale', type: 'choice', at: 'settings', choices: ['ru', 'en'] }
  ],
  steps: [{ name: 'crm', shows: 'address' }, { name: 'keys', shows: 'keys' }, { name: 'statuses' }],
  hasPeople: false,
  hasOwner: false,
  hasAddress: true
}
