export const googleAds = {
  name: 'Google Ads',
  about:
    'Calls, inquiries and won deals as conversions of the clicks that brought them, and the costs of campaigns every night.',
  fields: {
    customerId: { label: 'Customer ID', wrong: 'This must be a customer ID, such as 123-456-7890.' },
    loginCustomerId: {
      label: 'Manager account',
      hint: 'Only if the account is reached through one.',
      wrong: 'This must be a customer ID, such as 123-456-7890.'
    },
    developerToken: { label: 'Developer token' },
    clientId: { label: 'Client ID (OAuth)' },
    clientSecret: { label: 'Client secret (OAuth)' },
    refreshToken: { label: 'Refresh token' },
    isReadingCosts: { label: 'Load costs of campaigns every night' },
    isSendingHashes: {
      label: 'Send hashes of mails and numbers',
      hint: 'Enhanced conversions: also for clients without a click ID. Google’s terms for customer data must be accepted.'
    },
    callAction: { label: 'Conversion of an answered call' },
    inquiryAction: { label: 'Conversion of a new inquiry' },
    wonAction: { label: 'Conversion of a won deal', hint: 'The sum of the deal is its value.' },
    consent: { label: 'Consent that is sent along' },
    version: {
      label: 'Version of the API',
      hint: 'Google takes one away about a year after it came.',
      wrong: 'This must be a version, such as v22.'
    }
  },
  choices: {
    consent: { unset: 'None', granted: 'Given for ads and personalisation', denied: 'Not given' }
  },
  steps: {
    project: 'Prepare access in Google Cloud',
    projectText:
      'In a project of Google Cloud switch on the Google Ads API and make an OAuth client. With it get a refresh token with the scope adwords, under a user of the account.',
    developer: 'Find the developer token',
    developerText:
      'In the manager account of Google Ads: Tools → API Center. It needs basic access for real accounts.',
    keys: 'Bring the keys here',
    keysText: 'They are kept sealed and are never shown again. We ask for the account at once.'
  },
  sends: {
    calls:
      'Answered incoming calls, new inquiries and won deals: each as the conversion chosen above, or not at all.',
    ids: 'Only who came by a click of an ad (gclid, gbraid, wbraid), in the last 90 days; with hashes switched on others too.',
    once: 'Each has an order ID, so that Google counts it once.',
    costs: 'Back come costs, clicks and impressions of campaigns, for the last seven days, every night.'
  },
  troubles: {
    login: 'Google takes the keys no more, or they give no right to this account. Bring new ones.',
    keysMissing: 'Some of the keys are missing.'
  }
}
