import type { KindForm } from './form.ts'

export const amocrm: KindForm = {
  fields: [
    { name: 'portal', type: 'text', at: 'first', isAddress: true, placeholder: 'company.amocrm.ru' },
    { name: 'clientId', type: 'secret', at: 'keys', isOptional: true },
    { name: 'clientSecret', type: 'secret', at: 'keys', isOptional: true },
    { name: 'code', type: 'secret', at: 'keys', isOptional: true },
    { name: 'token', type: 'secret', at: 'keys', isOptional: true },
    { name: 'redirectUrl', type: 'text', at: 'keys', isOptional: true },
    { name: 'isShowingCard', type: 'flag', at: 'settings' },
    { name: 'isCreating', type: 'flag', at: 'settings' },
    { name: 'isSendingForms', type: 'flag', at: 'settings' },
    { name: 'isSendingRecords', type: 'flag', at: 'settings' },
    { name: 'isTellingSource', type: 'flag', at: 'settings' },
    { name: 'isMakingTasks', type: 'flag', at: 'settings' },
    { name: 'taskMinutes', type: 'number', at: 'settings' },
    { name: 'recordDays', type: 'number', at: 'settings' },
    { name: 'pipeline', type: 'list', at: 'settings', from: 'pipelines', isOptional: true }
  ],
  steps: [
    { name: 'make', shows: 'address' },
    { name: 'keys', shows: 'keys' },
    { name: 'widget', shows: 'files' }
  ],
  hasPeople: true,
  hasOwner: true,
  hasAddress: true
}
