export const ringostat = {
  name: 'Ringostat',
  about:
    'Programs made for Ringostat read calls from Ringtrace and order calls through it, by the same requests.',
  fields: {
    authKey: { label: 'Auth-key', hint: 'Think of one, or take the old one: at least 16 characters.' },
    timeZone: {
      label: 'Time zone of the list of calls',
      wrong: 'There is no such time zone. Write it like Europe/Kyiv.'
    },
    isCalling: { label: 'Calls may be ordered with the key' },
    isSendingRecords: {
      label: 'Give links to recordings',
      hint: 'They open without a login, and only for as long as you say below.'
    },
    recordDays: { label: 'Links to recordings open for, days', wrong: 'From 1 to 3650 days.' }
  },
  steps: {
    keys: 'Set the key',
    keysText: 'Programs send it in the header Auth-key. It is kept sealed and is never shown again.',
    address: 'Enter this address in the program',
    addressText: 'Instead of https://api.ringostat.net. The address holds a secret too: show it to nobody.'
  },
  sends: {
    list: 'On request: the list of calls, as JSON or CSV (/calls/list)',
    call: 'On request: a call or a callback (/callback/outward_call, /a/v2)',
    hooks: 'Webhooks in the form of Ringostat: Settings → Webhooks, the template “Ringostat”'
  },
  troubles: {
    shortKey: 'The key needs at least 16 characters.'
  }
}
