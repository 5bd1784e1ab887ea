export const comagic = {
  name: 'UIS and CoMagic',
  about:
    'Calls with records, forms, stages and sums of deals go to their analytics; their requests become inquiries with the source they know.',
  fields: {
    server: {
      label: 'Where your account is',
      hint: 'Keys of one do not fit the other.'
    },
    accessKey: {
      label: 'Permanent key',
      hint: 'Account → User management → API keys. It needs rights for the Data API.'
    },
    login: { label: 'Login', hint: 'Instead of a key: a session of an hour renews itself.' },
    password: { label: 'Password' },
    timeZone: {
      label: 'Time zone of the account',
      hint: 'Their dates have no zone. Left empty it is Europe/Moscow; a check compares it with the account.',
      wrong: 'A zone is needed, such as Europe/Moscow.'
    },
    isSendingCalls: { label: 'Send calls' },
    isSendingRecords: {
      label: 'Give a link to the record',
      hint: 'They fetch it from a link that opens for a week. It needs a public https address.'
    },
    isSendingForms: {
      label: 'Send forms of sites',
      hint: 'Where they know no visit, a site or a campaign below is needed.'
    },
    isSendingDeals: {
      label: 'Send stages and sums of deals',
      hint: 'Sales funnels are made there by themselves, like ours.'
    },
    isTakingRequests: { label: 'Take their requests' },
    siteId: { label: 'Usual site', hint: 'For calls and forms whose visit they do not know.' },
    campaignId: { label: 'Usual campaign', hint: 'When none is chosen, they decide.' },
    currency: {
      label: 'Currency of reports',
      hint: 'Sums of deals in another currency are not told.',
      wrong: 'Three letters, such as RUB.'
    },
    locale: { label: 'Language of comments' }
  },
  choices: {
    server: { uiscom: 'UIS (uiscom.ru)', comagic: 'CoMagic (comagic.ru)' },
    locale: { ru: 'Russian', en: 'English' }
  },
  steps: {
    address: 'Allow our address',
    addressText:
      'In their account: Administrator → Account → Security rules and settings → API. Enter the outside IP of this server: by default nobody is allowed.',
    notify: 'Make a notification of requests',
    notifyText:
      'Common settings → Notifications → HTTP, method POST, format JSON, this address. It holds a secret: show it to nobody.',
    template: 'Paste the template into the notification',
    templateText: 'Copy the body from the file. Variables that the notification does not have may go.',
    keys: 'Bring a key here, or a login with its password',
    keysText: 'They are kept sealed and never shown again.'
  },
  sends: {
    call: 'A call, once it is over: length, transfer, rating, visit or site, link to the record',
    request: 'A form of a site: name, telephone, mail, text, visit',
    deal: 'A deal: client, each stage with its time, sum',
    back: 'From there: requests become inquiries with channel, source and campaign'
  },
  troubles: {
    login: 'The key or the login is taken no more. Enter new ones.',
    ip_not_whitelisted:
      'The address of this server is not allowed in their account: add it in the section API.',
    auth_error: 'Login or password is wrong. Check that the right account is chosen: UIS or CoMagic.',
    access_token_invalid: 'There is no such key. Check that the right account is chosen: UIS or CoMagic.',
    account_inactive: 'The account is switched off.',
    noAccessKey: 'There is neither a key nor a login yet: enter them.',
    otherZone: 'The time zone is not that of the account: correct it.',
    noSite: 'They know no visit, and no usual site is chosen. Choose a site, and send again.',
    noFunnel: 'The pipeline has no open stage, no won or no lost one: it cannot be made there.',
    limit_exceeded: 'The limit of requests is used up: we wait until it opens.',
    method_component_disabled: 'A component that is needed is not switched on in their account.',
    forbidden: 'The user has no right to this in their account.'
  }
}
