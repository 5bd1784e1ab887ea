/** Links to carriers. */
export const trunksTexts = {
  trunks: {
    empty: 'No trunk yet. A trunk is the link to the company that gives you numbers: add the first one.',
    create: 'Add trunk',
    newTitle: 'New trunk',
    choosePreset: 'Choose your carrier, or fill it in yourself',
    presetStart: 'These are starting values: everything can be changed.',
    presetGroup: { any: 'Any carrier', ru: 'Russia', world: 'World' },
    preset: { registration: 'Any carrier with a login', address: 'Any carrier by address' },
    presetHint: {
      cabinet: 'Server, login and password stand in your account at the carrier, under SIP settings.',
      mango:
        'The server has your own name, such as vpbx400000000.mangosip.ru: it stands in your account under SIP.',
      multifon: 'The login is your number without the plus, such as 79261234567.',
      mtt: 'With several numbers ask MTT for a link by address: a login does not tell which number was called.',
      twilio:
        'The server is your own termination URI, such as shop.pstn.twilio.com. Copy Twilio’s signalling addresses into “Security”.',
      telnyx: 'Use the user name and password of a “Credentials” connection.',
      registration: 'For carriers that gave you a server, a login and a password.',
      address: 'For carriers that know your address and ask for no password.'
    },
    section: {
      connection: 'Connection',
      calls: 'Calls and limits',
      outgoing: 'Outgoing numbers and rules',
      called: 'Recognising the number called',
      security: 'Security'
    },
    sectionText: {
      connection: 'server, login, password',
      calls: 'how many at once, codecs',
      outgoing: 'what goes out here, what clients see',
      called: 'where the carrier writes it',
      security: 'who may call us, encryption'
    },
    lookHere_one: '{{count}} field to look at',
    lookHere_other: '{{count}} fields to look at',
    rarer: 'More: other names in addresses, proxy, expiry',
    noLimit: 'No limit',
    firstOfTrunk: 'The first number of this trunk',
    ownOfTrunk: 'Numbers of this trunk',
    limitHelp:
      'Calls out above the limit take the next trunk; a call in above it hears “busy” and stays in the journal as missed.',
    kind: { registration: 'Login and password', address: 'By address' },
    kindHelp: {
      registration: 'We register at the carrier. Works from behind a router as well.',
      address: 'The carrier sends calls to our address. It must be reachable from outside.'
    },
    field: {
      preset: 'Carrier',
      name: 'Name',
      kind: 'How it connects',
      host: 'Server',
      port: 'Port',
      transport: 'Transport',
      username: 'Login',
      secret: 'Password',
      authUsername: 'Name for the password',
      fromUser: 'Name in From',
      fromDomain: 'Domain in From',
      contactUser: 'Name in Contact',
      outboundProxy: 'Outbound proxy',
      expirySeconds: 'Renew, seconds',
      isActive: 'In use',
      maxCalls: 'At once, all',
      maxIn: 'In at once',
      maxOut: 'Out at once',
      codecs: 'Codecs',
      isChecked: 'Ask the carrier every 30 seconds whether it is there',
      silentSeconds: 'Give up silence after, seconds',
      isUsed: 'Calls go out through this trunk',
      prefixes: 'Numbers that begin with',
      countries: 'Countries',
      callerNumberId: 'Number shown',
      callerNumberIds: 'Numbers allowed here',
      format: 'How the carrier wants numbers',
      rewrites: 'Numbers written differently',
      numberHeaders: 'Where the number called stands',
      country: 'Country',
      numberStrip: 'Digits before the number',
      matchAddresses: 'Calls are taken from',
      mediaEncryption: 'Encryption of voice (SRTP)'
    },
    help: {
      username: 'As in the carrier’s account.',
      secret: 'Kept here and never shown again.',
      secretKept: 'Kept. Write here only to change it.',
      authUsername: 'If it differs from the login.',
      fromUser: 'Empty: the login, or the number shown.',
      fromDomain: 'Empty: the server.',
      contactUser: 'Empty: the login.',
      outboundProxy: 'host or host:port',
      expirySeconds: 'How long a registration lasts.',
      codecs: 'The first one both sides know is used.',
      isChecked:
        'One that does not answer is tried after the others. Some carriers never answer: switch it off for them.',
      silentSeconds: 'When the carrier answers nothing at all, the call goes on through the next trunk.',
      isUsed: 'Which trunk comes first is set by the order in the list.',
      prefixes: 'Empty: any number. A longer beginning wins.',
      countries: 'Two letters each. Empty: any.',
      callerNumberId: 'When the call brings no number that may be shown here.',
      callerNumberIds: 'Only these may be shown. Empty: numbers of this trunk.',
      rewrites:
        'The first line that fits counts: so many digits are cut off after the plus, and others put before.',
      numberHeaders: 'From the top: the first place with a number of yours counts.',
      country: 'Numbers without a country code are read as of this country.',
      numberStrip: 'A carrier’s own prefix, such as 9977.',
      mediaEncryption: 'The carrier must support it; ask them if calls stay silent.'
    },
    format: {
      e164: '+7 495 123-45-67 (international, with +)',
      digits: '7 495 123-45-67 (international, without +)',
      national: '8 495 123-45-67 (as dialled at home)'
    },
    rewrite: {
      prefix: 'Beginning of the number',
      strip: 'Cut off digits',
      prepend: 'Put before',
      nothing: 'nothing',
      add: 'Add a rule',
      remove: 'Remove the rule'
    },
    example: '{{number}} goes out as',
    requestLine: 'Request line (R-URI)',
    headerHelp: {
      ruri: 'Most carriers by address',
      to: 'Often with a login: the request line then holds the login',
      diversion: 'Forwarded numbers',
      pCalledPartyId: 'Carriers with an IMS core',
      historyInfo: 'Forwarded numbers at newer carriers'
    },
    moveUp: 'Move up: {{name}}',
    moveDown: 'Move down: {{name}}',
    leaveOut: 'Leave out: {{name}}',
    matchHelp: {
      registration: 'Addresses or networks. Empty: the server. Calls of our registration are known anyway.',
      address: 'Addresses or networks. Empty: the server alone. Everybody else is turned away.'
    },
    encryption: { off: 'Off', optional: 'If the carrier offers it', required: 'Always' },
    keysInClear:
      'The keys of the voice travel in the signalling: without TLS anybody on the way can read them.',
    tlsUnchecked:
      'Signalling is encrypted by TLS 1.2, but the carrier’s certificate is not checked: whoever only listens on the way understands nothing, but somebody who redirects the connection could pose as the carrier.',
    fault: {
      required: 'Fill this in.',
      host: 'A host name or an IPv4 address, without sip: and without a port.',
      proxy: 'A host name or an address, with :port if needed.',
      user: 'Latin letters, digits and . _ + @ - only.',
      address: 'Addresses or networks such as 192.0.2.0/24.',
      prefix: 'Beginnings with a plus, such as +7495.',
      digits: 'Digits, *, # and + only.',
      country: 'Two Latin letters, such as RU.'
    },
    order: 'Order for calls out',
    orderText:
      'A call out takes the first trunk that may carry it and has room. If that one fails, the next.',
    orderSaved: 'The order is changed.',
    notUsed: 'Carries no calls out',
    since: 'since {{at}}',
    fact: {
      calls: 'Calls now',
      today: 'Today',
      answer: 'Answers',
      next: 'Next attempt',
      outgoing: 'Calls out'
    },
    ofLimit: '{{count}} of {{limit}}',
    inOut: '{{in}} in, {{out}} out',
    todayCalls_one: '{{count}} call',
    todayCalls_other: '{{count}} calls',
    failed: '{{count}} failed',
    milliseconds: 'in {{ms}} ms',
    answers: 'yes',
    noAnswer: 'no answer',
    place: 'No. {{place}}',
    trouble: {
      silent: 'The carrier does not answer.',
      password: 'The carrier does not accept the login or password ({{code}}).',
      forbidden: 'The carrier forbids it ({{code}}).',
      unknownUser: 'The carrier does not know this login (404).',
      codec: 'No common codec with the carrier ({{code}}).',
      timeout: 'The carrier took too long (408).',
      tooMany: 'The carrier has no capacity (503).',
      interval: 'The carrier wants a longer registration (423).',
      carrier: 'Something broke at the carrier ({{code}}).',
      limit: 'A call in found all lines taken and heard “busy”.',
      refused: 'The carrier refused a call ({{code}}).'
    },
    advice: {
      silent: 'Check server, port and transport, and that a firewall lets them through.',
      password: 'Check login and password; some carriers ask for another name with the password.',
      forbidden: 'Often a wrong login, an unpaid account, or an address the carrier does not know.',
      unknownUser: 'Check login and server.',
      codec: 'Add A-law and µ-law to the codecs of the trunk.',
      timeout: 'If it happens again, tell the carrier.',
      tooMany: 'More calls than the contract allows? Set the limit to what it says.',
      interval: 'Set “Renew, seconds” higher.',
      carrier: 'Tell the carrier if it happens again.',
      limit: 'Raise the limit if the contract allows more.',
      refused: 'See the call in the journal: often the number does not exist.'
    },
    drawer: { settings: 'Settings', test: 'Test', history: 'What happened' },
    historyEmpty: 'Nothing yet: changes of state and errors will stand here.',
    historyText: 'The last 50 changes and errors.',
    became: 'State: {{state}}'
  },
  trunkState: {
    configured: 'Ready',
    registered: 'Registered',
    registering: 'Registering…',
    rejected: 'Rejected',
    unreachable: 'No answer',
    unknown: 'Unknown',
    inactive: 'Off'
  }
}
