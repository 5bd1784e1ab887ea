import type { KindForm } from './form.ts'

export const clickUrl: KindForm = {
  fields: [{ name: 'locale', type: 'choice', at: 'settings', choices: ['ru', 'en'] }],
  steps: [
    { name: 'address', shows: 'address' },
    { name: 'regionsoft' },
    // Nothing is to be entered: the button that makes it work.
    { name: 'ready', shows: 'keys' }
  ],
  hasPeople: false,
  hasOwner: false,
  hasAddress: true,
  addressTail: '?user=101&phone=79161234567',
  links: [
    { name: 'webhooks', to: '/settings/webhooks' },
    { name: 'journal', to: '/journal' }
  ]
}
