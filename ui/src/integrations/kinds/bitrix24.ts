import type { KindForm } from './form.ts'

export const bitrix24: KindForm = {
  fields: [
    { name: 'portal', type: 'text', at: 'first', isAddress: true, placeholder: 'company.bitrix24.ru' },
    { name: 'clientId', type: 'secret', at: 'keys' },
    { name: 'clientSecret', type: 'secret', at: 'keys' },
    { name: 'isShowingCard', type: 'flag', at: 'settings' },
    { name: 'isCreating', type: 'flag', at: 'settings' },
    { name: 'isSendingRecords', type: 'flag', at: 'settings' },
    { name: 'isTellingSource', type: 'flag', at: 'settings' }
  ],
  steps: [
    { name: 'app' },
    { name: 'address', shows: 'address' },
    { name: 'keys', shows: 'keys' },
    { name: 'install', shows: 'install' }
  ],
  hasPeople: true,
  hasOwner: true,
  hasAddress: false
}
