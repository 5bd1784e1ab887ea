export const clickUrl = {
  name: 'Any other system: a call by address',
  about:
    'RegionSoft CRM and all that can open an address: a button, an external command, a script. Open it with a number, and the person’s telephone rings, then the client’s.',
  fields: { locale: { label: 'Language of answers' } },
  choices: { locale: { ru: 'Russian', en: 'English' } },
  steps: {
    address: 'Take the address',
    addressText:
      'user is the extension or login of a person, phone is whom to call. Put fields of your system in place of the examples. The address holds a secret: whoever knows it can call at your cost.',
    regionsoft: 'Enter it in your system',
    regionsoftText:
      'In RegionSoft CRM, for instance, make an external command that opens this address and puts the number of the card into phone. GET and POST will do; the answer is “ok” or the reason in plain text.',
    ready: 'Switch it on',
    readyText: 'No keys are needed.'
  },
  sends: {
    call: 'From there: a call to the person, then to the client. The same number within 10 seconds is one call',
    rest: 'Nothing goes there by itself. Webhooks tell of calls, and the journal gives the list of calls as CSV'
  },
  links: { webhooks: 'Webhooks and their templates', journal: 'Journal of calls and its export' }
}
