import type { KindForm } from './form.ts'

export const comagic: KindForm = {
  fields: [
    { name: 'server', type: 'choice', at: 'first', choices: ['uiscom', 'comagic'] },
    { name: 'accessKey', type: 'secret', at: 'keys', isOptional: true },
    { name: 'login', type: 'secret', at: 'keys', isOptional: true },
    { name: 'password', type: 'secret', at: 'keys', isOptional: true },
    { name: 'timeZone', type: 'text', at: 'keys', isOptional: true, placeholder: 'Europe/Moscow' },
    { name: 'isSendingCalls', type: 'flag', at: 'settings' },
    { name: 'isSendingRecords', type: 'flag', at: 'settings' },
    { name: 'isSendingForms', type: 'flag', at: 'settings' },
    { name: 'isSendingDeals', type: 'flag', at: 'settings' },
    { name: 'isTakingRequests', type: 'flag', at: 'settings' },
    { name: 'siteId', type: 'list', at: 'settings', from: 'sites', isOptional: true },
    { name: 'campaignId', type: 'list', at: 'settings', from: 'campaigns', isOptional: true },
    { name: 'currency', type: 'text', at: 'settings', placeholder: 'RUB' },
    { name: 'locale', type: 'choice', at: 'settings', choices: ['ru', 'en'] }
  ],
  steps: [
    { name: 'address' },
    { name: 'notify', shows: 'address' },
    { name: 'template', shows: 'files' },
    { name: 'keys', shows: 'keys' }
  ],
  hasPeople: true,
  hasOwner: false,
  hasAddress: true
}
