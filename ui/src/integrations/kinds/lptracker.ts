import type { KindForm } from './form.ts'

export const lptracker: KindForm = {
  fields: [
    { name: 'project', type: 'text', at: 'first' },
    { name: 'login', type: 'secret', at: 'keys' },
    { name: 'password', type: 'secret', at: 'keys' },
    { name: 'isCreating', type: 'flag', at: 'settings' },
    { name: 'isSendingForms', type: 'flag', at: 'settings' },
    { name: 'isSendingRecords', type: 'flag', at: 'settings' },
    { name: 'recordDays', type: 'number', at: 'settings' },
    { name: 'closedStages', type: 'text', at: 'settings', isOptional: true }
  ],
  steps: [{ name: 'person' }, { name: 'keys', shows: 'keys' }],
  hasPeople: true,
  hasOwner: true,
  hasAddress: false
}
