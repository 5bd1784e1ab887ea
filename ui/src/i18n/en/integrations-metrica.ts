export const metrica = {
  name: 'Yandex Metrica',
  about:
    'Calls, inquiries and won deals with their sums in the reports of your counter, joined to the visits they came from.',
  fields: {
    counterId: {
      label: 'Number of the counter',
      wrong: 'This must be the number of a counter: digits only.'
    },
    token: { label: 'OAuth token' },
    isSendingCalls: { label: 'Send calls' },
    isSendingDeals: { label: 'Send won deals' },
    wonGoal: {
      label: 'Goal of a won deal',
      hint: 'A goal of the type “JavaScript event”. The sum of the deal goes along.'
    },
    inquiryGoal: {
      label: 'Goal of a new inquiry',
      hint: 'Forms, callbacks and messages; calls are sent as calls.'
    }
  },
  steps: {
    app: 'Get a token',
    appText:
      'Register an application at oauth.yandex.com with the right “Metrica: create counters and change parameters” (metrika:write), and get a token for it under an account that may edit the counter. In the counter switch on “Tracking of offline conversions” and “Calls”.',
    keys: 'Bring the token here',
    keysText:
      'It is kept sealed and is never shown again. We ask for the counter at once, to see that it works.'
  },
  sends: {
    calls: 'Every incoming call that ended: time, length, wait, missed or not, first or not, our number.',
    inquiries: 'New forms, callbacks and messages, as the goal chosen above.',
    deals:
      'Won deals with sum and currency, as the goal chosen above; two minutes or more after they are won.',
    ids: 'Only who has a ClientID of Metrica or a yclid: others belong to no visit.',
    when: 'Rows of ten minutes go together. Metrica shows them in up to two hours.'
  },
  troubles: {
    login: 'Metrica takes the token no more, or it gives no right to this counter. Bring a new one.',
    noToken: 'There is no token yet.'
  }
}
