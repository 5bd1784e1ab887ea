export const calltouch = {
  name: 'Calltouch',
  about: 'Calls to your numbers, once they are over: Calltouch finds the visitor by the number and the time.',
  fields: {
    atsCode: {
      label: 'Code of your PBX in Calltouch',
      hint: 'Calltouch gives it together with the token when you ask for the import of calls.',
      wrong: 'It has letters, digits, “-” and “_” only.'
    },
    token: { label: 'Token' },
    timeZone: {
      label: 'Time zone of your Calltouch account',
      wrong: 'There is no such time zone. Write it like Europe/Moscow.'
    },
    isSendingMissed: { label: 'Send missed calls as well' }
  },
  steps: {
    ask: 'Ask Calltouch for the import of calls',
    askText:
      'Write to your manager there, or to info@calltouch.net, that you want to import calls from your own PBX. Enter your numbers in the pools of your account.',
    keys: 'Bring the token here',
    keysText:
      'It is kept sealed and is never shown again. Calltouch has no request that only tries a token: the first call will show whether it is right.'
  },
  sends: {
    call: 'Each call that came in: from whom, to which number, when, how long',
    not: 'Not sent, for Calltouch has no way in for it: outgoing calls, recordings, ratings'
  },
  troubles: {
    login: 'Calltouch does not take the token. Bring another one.',
    notInstalled: 'There is no token yet.'
  }
}
