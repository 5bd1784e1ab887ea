export const megafon = {
  name: '1C:CRM and others (MegaFon PBX protocol)',
  about:
    'We answer the CRM as a virtual PBX of MegaFon does: cards of calls, history with record and rating, calls from the CRM. Known to 1C:CRM and many others.',
  fields: {
    url: {
      label: 'Address of the CRM for calls',
      hint: 'The CRM shows it when you choose the PBX of MegaFon or ITooLabs there.',
      wrong: 'It must be like https://crm.example.com/telephony. Without https only in your own network.'
    },
    crmToken: { label: 'Key of the CRM', hint: 'By it the CRM knows us: crm_token.' },
    apiKey: {
      label: 'Key of the PBX',
      hint: 'Think of a long one and enter it in the CRM too. Without it the CRM cannot place calls or take the history.'
    },
    isTellingEvents: { label: 'Tell of a call while it goes on: the client’s card' },
    isSendingRecords: { label: 'Give a link to the record of the talk' }
  },
  steps: {
    crm: 'Choose the telephony of MegaFon in the CRM',
    crmText:
      'Enter this as the address of the PBX. If the CRM adds /crmapi/v1 to it, leave it so. People of the CRM are the logins and short numbers from here.',
    keys: 'Enter the keys',
    keysText: 'They are kept sealed and are never shown again.'
  },
  sends: {
    event: 'While a call goes on: whom it rings, who took it, who ended it or gave it on',
    history: 'After the call: who, when, how long, how it ended, the rating and a link to the record',
    back: 'From there: calls placed in the CRM, the list of people and groups, the history',
    owner: 'In the block “Lookup” of a scheme: the client’s name and who looks after them'
  },
  troubles: {
    login: 'The CRM does not take the key. Enter another one.',
    noToken: 'There is no key of the CRM yet: enter it.'
  }
}
