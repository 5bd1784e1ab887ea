/** The frame of the screens, the softphone, the desk, the live board, in English. */
export const panel = {
  common: {
    retry: 'Try again',
    save: 'Save',
    saved: 'Saved',
    cancel: 'Cancel',
    close: 'Close',
    copy: 'Copy',
    copied: 'Copied',
    yes: 'Yes',
    no: 'No',
    nothingFound: 'Nothing found',
    remove: 'Remove',
    removeText: 'Remove “{{name}}”? Past calls keep it.'
  },
  away: {
    title: 'This page could not be opened',
    text: 'Mostly the server or the network is away for a moment. Nothing is lost: try again.',
    inTalk: 'Mostly the server or the network is away for a moment. Your talk goes on; try again.',
    reload: 'Load everything anew'
  },
  login: {
    code: 'Code of your app',
    codeHelp: 'Six digits, or one of your recovery codes',
    title: 'Sign in',
    subtitle: 'Every call, traced back to its source',
    login: 'Login',
    password: 'Password',
    showPassword: 'Show password',
    submit: 'Sign in',
    demoTitle: 'Demo company',
    demoText:
      'The console where the server was started shows a login and a password. Inside, press “Place a test call”.',
    demoChoose:
      'Look around as one of its people: one press signs you in. To set things up, sign in as the admin.'
  },
  nav: {
    desk: 'Calls',
    live: 'Live',
    journal: 'Journal',
    inquiries: 'Inquiries',
    deals: 'Deals',
    tasks: 'Tasks',
    contacts: 'Clients',
    reports: 'Reports',
    settings: 'Settings',
    costs: 'Costs'
  },
  shell: {
    security: 'Sign-in and security',
    language: 'Language',
    theme: 'Theme',
    light: 'Light',
    dark: 'Dark',
    auto: 'Auto',
    signOut: 'Sign out',
    signOutInCall: 'You are in a call. Hang up first, then sign out.',
    userMenu: 'User menu',
    navigation: 'Pages'
  },
  keys: { title: 'Keyboard' },
  role: { admin: 'Admin', supervisor: 'Supervisor', operator: 'Operator', marketer: 'Marketer' },
  presence: {
    available: 'Available',
    busy: 'Busy',
    wrapUp: 'After a call',
    away: 'Away',
    offline: 'Offline'
  },
  device: { browser: 'Browser', sip: 'Desk phone' },
  health: {
    noAnswer: 'The server does not answer. Calls already in progress go on; the page comes back by itself.',
    degraded: 'Not everything works:',
    check: {
      database: 'the database (calls go on and are written down later)',
      asterisk: 'the telephone exchange',
      trunks: 'a trunk to a carrier',
      disk: 'disk space (new recordings may stop)',
      tape: 'writing of calls (they wait in a file)',
      spool: 'writing of calls (they wait in a file)',
      jobs: 'recordings and webhooks are delayed',
      webhooks: 'webhooks',
      certificate: 'the certificate of this page (the administrator must renew it)',
      recordings: 'recordings'
    }
  },
  softphone: {
    short: {
      off: 'Phone off',
      connecting: 'Connecting…',
      registered: 'Phone ready',
      lost: 'Reconnecting…',
      refused: 'Phone refused',
      elsewhere: 'Phone in another tab',
      insecure: 'No microphone here',
      microphone: 'Microphone problem',
      desk: 'Desk phone'
    },
    long: {
      off: 'The softphone is off.',
      connecting: 'The softphone is connecting to the server. It takes a second or two.',
      registered: 'The softphone is connected: calls will ring here.',
      lost: 'The connection to the telephone server is lost. It comes back by itself; check the network if it lasts.',
      refused:
        'The telephone server refused this softphone. Reload the page; if that does not help, tell your admin.',
      elsewhere: 'The softphone works in another tab of this browser. Answer there, or take it over here.',
      insecure:
        'Browsers give the microphone only to secure pages. Open this address with https:// or on the server itself as localhost.',
      desk: 'Calls ring on your desk phone. This page shows who calls.'
    },
    microphone: {
      ready: 'The microphone works.',
      unknown: 'Let the browser use the microphone now, so that it does not ask while a client waits.',
      blocked:
        'The microphone is blocked. Click the lock beside the address, allow the microphone, and try again.',
      missing: 'No microphone found. Plug in a headset and try again.',
      busy: 'The microphone could not be opened. Close other programs that use it and try again.'
    },
    allowMicrophone: 'Allow microphone',
    tryAgain: 'Try again',
    takeOver: 'Use phone here',
    inCallThere: 'There is a call in the other tab. Take the phone over when it ends.',
    lostInCall: 'Reconnecting to the server… The talk goes on; if you hear each other, keep talking.'
  },
  call: {
    incoming: 'Incoming call',
    answering: 'Answering…',
    talking: 'In a call',
    waiting: 'Waiting',
    recording: 'Recording',
    answer: 'Answer',
    decline: 'Decline',
    mute: 'Mute',
    unmute: 'Unmute',
    keypad: 'Keypad',
    hangup: 'Hang up',
    hiddenNumber: 'Hidden number',
    source: 'Source',
    noSource: 'Source unknown',
    number: 'Number dialled',
    site: 'Site',
    step: 'Step',
    pressed: 'Pressed',
    onDeskPhone: 'Answer on your desk phone.',
    inOtherTab: 'The phone is in another tab of this browser.'
  },
  desk: {
    ready: 'Ready for calls',
    readyText: 'When the phone rings, you see here who calls and which ad brought them.',
    notTaking: 'You are not taking calls',
    notTakingText: 'Set yourself to “Available” at the top right, and calls will ring here.',
    ended: 'Call ended',
    endedText: 'You talked for {{time}}. Write down what matters while you remember it.',
    gone: 'The call is gone',
    goneText: 'Somebody else answered, or the caller hung up.',
    recent: 'My recent calls',
    noRecent: 'Your calls will be listed here.',
    notificationsText: 'Show calls over other windows, so that none is missed while you work elsewhere?',
    notificationsAsk: 'Show calls'
  },
  demo: {
    title: 'Your first call in a minute',
    placeCall: 'Place a test call',
    placed: '{{from}} is calling {{to}}',
    placedShort: 'The call is on its way',
    step1: 'Press “Place a test call”: a demo client phones one of the company’s numbers.',
    step2: 'When it rings, look at the source, then press Answer (or A).',
    step3: 'Talk, hang up, and open the call in the list: recording, source, and every step.',
    wiped: 'The demo company has been removed'
  },
  live: {
    queued: 'In queues',
    longest: 'longest {{time}}',
    parkedBy: 'parked at {{slot}} by {{name}}',
    held: 'on hold',
    setPresence: 'Set presence',
    hangupText: 'End this call for everybody in it?',
    count_one: '{{count}} call',
    count_other: '{{count}} calls',
    stale: 'no news since {{time}}',
    connecting: 'Connecting…',
    empty: 'All quiet',
    emptyText: 'Calls appear here the moment they arrive.',
    operators: 'Operators',
    noOperators: 'No operators yet.',
    unreachable: 'phone not connected'
  },
  outcome: {
    open: 'In progress',
    answered: 'Answered',
    missed: 'Missed',
    abandoned: 'Left early',
    busy: 'Busy',
    failed: 'Failed',
    blocked: 'Blocked',
    voicemail: 'Voicemail'
  },
  inquiryChannel: {
    paid: 'Paid ads',
    organic: 'Search',
    direct: 'Direct',
    referral: 'Referral',
    social: 'Social',
    email: 'E-mail',
    messenger: 'Messenger',
    display: 'Display',
    affiliate: 'Affiliate',
    internal: 'Internal',
    recommendation: 'Recommendation',
    offline: 'Offline',
    unknown: 'Unknown'
  },
  password: {
    title: 'Change password',
    current: 'Present password',
    next: 'New password',
    changed: 'The password is changed. Other browsers are signed out.',
    help: 'At least 8 characters.'
  }
}
