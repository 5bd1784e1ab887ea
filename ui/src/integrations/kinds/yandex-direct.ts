import type { KindForm } from './form.ts'

export const yandexDirect: KindForm = {
  fields: [
    { name: 'clientLogin', type: 'text', at: 'first', isOptional: true },
    { name: 'token', type: 'secret', at: 'keys' },
    { name: 'currency', type: 'text', at: 'settings', placeholder: 'RUB' },
    { name: 'isWithVat', type: 'flag', at: 'settings' }
  ],
  steps: [{ name: 'app' }, { name: 'keys', shows: 'keys' }],
  hasPeople: false,
  hasOwner: false,
  hasAddress: false
}
