export const amocrm = {
  name: 'amoCRM',
  about:
    'The client’s card while it rings, calls with rating and recording, forms and unknown clients in Unsorted, tasks for missed calls, a click on a number calls.',
  fields: {
    portal: {
      label: 'Address of your amoCRM or Kommo',
      wrong: 'This must be the address of an account, such as company.amocrm.ru.'
    },
    clientId: { label: 'Integration ID' },
    clientSecret: { label: 'Secret key' },
    code: {
      label: 'Authorisation code',
      hint: 'It works once and for 20 minutes. Leave it empty if you come back by the button of amoCRM.'
    },
    token: {
      label: 'Long-lived token',
      hint: 'Instead of the three above, if your account offers one.'
    },
    redirectUrl: {
      label: 'Redirect address, if it is another one',
      hint: 'Only if the integration was made with another address than the one of step 1.',
      wrong: 'This must be an https address.'
    },
    isShowingCard: { label: 'Open the client’s card while it rings' },
    isCreating: { label: 'Put calls of unknown clients into Unsorted' },
    isSendingForms: { label: 'Put forms of our sites into Unsorted' },
    isSendingRecords: {
      label: 'Give a link to the recording',
      hint: 'It opens without a login, and only for as long as you say below.'
    },
    isTellingSource: { label: 'Write source, campaign and keyword as a note' },
    isMakingTasks: { label: 'Make a task of a missed call' },
    taskMinutes: { label: 'Call back within, minutes', wrong: 'From 5 minutes to 7 days (10080).' },
    recordDays: { label: 'Links to recordings open for, days', wrong: 'From 1 to 3650 days.' },
    pipeline: { label: 'Pipeline for Unsorted', hint: 'Without one amoCRM takes the main pipeline.' }
  },
  steps: {
    make: 'Make an integration in amoCRM',
    makeText:
      'In amoCRM: amoMarket → ⋮ → Create integration → External. Enter this address as the redirect address, and allow access to the account’s data. The address holds a secret: show it to nobody.',
    keys: 'Bring its keys here',
    keysText:
      'They stand in the tab “Keys and scopes” of the integration. They are kept sealed and are never shown again.',
    widget: 'Make numbers clickable, if you wish',
    widgetText:
      'Upload this archive in the settings of the same integration. When amoCRM asks for the address of the link, enter the address of step 1. You may do it later: both stay on this page.'
  },
  sends: {
    card: 'While it rings: the client’s card, for those who are rung',
    call: 'After the call: who talked, how long, the rating, the source, a link to the recording',
    unsorted: 'A client that amoCRM does not know: an entry in Unsorted, as is each form',
    late: 'A recording or a rating that came later: a note',
    task: 'A missed call of a known client: one task until somebody has seen to it'
  },
  troubles: {
    login: 'amoCRM does not take our keys any more. Bring a new code or a new token.',
    http401: 'amoCRM does not know this token. Bring a new one.',
    http402: 'The amoCRM account is not paid for.',
    http403: 'amoCRM closed its door to us: check the rights of the integration.',
    tokenRefused:
      'amoCRM does not take these keys: check the ID, the secret and the redirect address, and bring a fresh code.',
    notInstalled: 'There are no keys yet: bring the code or the token.',
    otherPortal: 'These keys belong to another account.'
  }
}
