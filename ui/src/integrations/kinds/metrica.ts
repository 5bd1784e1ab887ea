import type { KindForm } from './form.ts'

export const metrica: KindForm = {
  fields: [
    { name: 'counterId', type: 'text', at: 'first', placeholder: '12345678' },
    { name: 'token', type: 'secret', at: 'keys' },
    { name: 'isSendingCalls', type: 'flag', at: 'settings' },
    { name: 'isSendingDeals', type: 'flag', at: 'settings' },
    { name: 'wonGoal', type: 'list', from: 'goals', at: 'settings', isOptional: true },
    { name: 'inquiryGoal', type: 'list', from: 'goals', at: 'settings', isOptional: true }
  ],
  steps: [{ name: 'app' }, { name: 'keys', shows: 'keys' }],
  hasPeople: false,
  hasOwner: false,
  hasAddress: false
}
