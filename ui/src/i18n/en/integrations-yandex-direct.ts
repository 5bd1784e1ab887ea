export const yandexDirect = {
  name: 'Yandex Direct',
  about: 'Costs, clicks and impressions of campaigns every night, for the reports. Nothing is sent there.',
  fields: {
    clientLogin: {
      label: 'Login of the client',
      hint: 'Only for agencies: whose account is read.',
      wrong: 'This must be a login.'
    },
    token: { label: 'OAuth token' },
    currency: { label: 'Currency of the account', wrong: 'Three capital letters, such as RUB.' },
    isWithVat: { label: 'Costs include VAT' }
  },
  steps: {
    app: 'Get a token',
    appText:
      'Register an application at oauth.yandex.com with the right “Use of the API of Yandex Direct” (direct:api), apply for access to the API in Direct, and get a token under an account that sees the campaigns.',
    keys: 'Bring the token here',
    keysText:
      'It is kept sealed and is never shown again. We ask for the campaigns at once, to see that it works.'
  },
  sends: {
    costs: 'Every night the last seven days are read anew: Direct corrects its figures for some days.',
    path: 'In the reports they stand under yandex / cpc and the name of the campaign.'
  },
  troubles: {
    login: 'Direct takes the token no more, or it gives no right to this account. Bring a new one.',
    noToken: 'There is no token yet.',
    reportNotReady: 'Direct did not make its report in time; it is asked again tomorrow night.'
  }
}
