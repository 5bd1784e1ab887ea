import type { KindForm } from './form.ts'

const names = [
  ...['callId', 'at', 'isIncoming', 'client', 'clientName', 'line', 'person', 'subject', 'note'],
  ...['channel', 'source', 'campaign', 'keyword', 'page'],
  ...['outcome', 'talkSeconds', 'waitSeconds', 'record', 'rating']
]

export const onec: KindForm = {
  fields: [
    { name: 'url', type: 'text', at: 'first', isAddress: true, placeholder: 'https://1c.example.com/base' },
    { name: 'login', type: 'secret', at: 'keys' },
    { name: 'password', type: 'secret', at: 'keys', isOptional: true },
    { name: 'entity', type: 'text', at: 'keys', placeholder: 'Document_ТелефонныйЗвонок' },
    { name: 'fields', type: 'names', at: 'keys', choices: names },
    { name: 'entity', type: 'text', at: 'settings', placeholder: 'Document_ТелефонныйЗвонок' },
    { name: 'fields', type: 'names', at: 'settings', choices: names },
    { name: 'usersEntity', type: 'text', at: 'settings', placeholder: 'Catalog_Пользователи' },
    { name: 'timeZone', type: 'text', at: 'settings', placeholder: 'Europe/Moscow' },
    { name: 'locale', type: 'choice', at: 'settings', choices: ['ru', 'en'] }
  ],
  steps: [{ name: 'publish' }, { name: 'fields' }, { name: 'keys', shows: 'keys' }],
  hasPeople: true,
  hasOwner: false,
  hasAddress: false
}
