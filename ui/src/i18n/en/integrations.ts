export const integrationsTexts = {
  integrations: {
    title: 'Integrations',
    text: 'Calls reach the systems where your company works: who called, from which ad, who answered, the rating and the recording.',
    empty: 'Nothing is linked yet. Choose a system below: the steps are shown one by one.',
    available: 'What can be linked',
    connect: 'Connect',
    back: 'All integrations',
    names: { bitrix24: 'Bitrix24' },
    kinds: {
      bitrix24:
        'The client’s card while it rings, the call in the CRM with rating and recording, a click on a number calls through Ringtrace.'
    },
    state: {
      off: 'Off',
      new: 'Not finished',
      ready: 'Works',
      trouble: 'Waits',
      needsLogin: 'Needs you'
    },
    counts: '{{done}} calls sent, {{waiting}} wait',
    failedCount_one: '{{count}} call was refused',
    failedCount_other: '{{count}} calls were refused',
    lastOk: 'Last answer: {{at}}',
    never: 'No exchange yet',
    pausedUntil: 'The next attempt is at {{at}}. Calls wait and are not lost.',
    name: 'Name',
    portal: 'Address of your Bitrix24',
    portalWrong: 'This must be the address of a portal, such as company.bitrix24.ru.',
    create: 'Continue',
    copied: 'Copied',
    copy: 'Copy',
    steps: {
      app: 'Make a local application',
      appText:
        'In Bitrix24 open Developer resources → Other → Local application. Choose “Server” and “Script only, no interface”. Give it the rights Telephony (telephony), CRM (crm) and Users (user).',
      address: 'Give it this address twice',
      addressText:
        'Enter it as the path of the handler and as the path of the first installation. It holds a secret: show it to nobody.',
      localAddress:
        'This address is not public or not https: Bitrix24 cannot reach it. Open the panel by its public address, or set PUBLIC_URL.',
      keys: 'Bring its two codes here',
      keysText:
        'Bitrix24 shows them when the application is saved. They are kept sealed and are never shown again.',
      clientId: 'Application code (client_id)',
      clientSecret: 'Application key (client_secret)',
      saveKeys: 'Save codes',
      keysThere: 'The codes are there.',
      install: 'Press “Install” in Bitrix24',
      installText: 'The page goes on by itself as soon as Bitrix24 answers.',
      waiting: 'Waiting for Bitrix24…'
    },
    check: 'Check now',
    checkOk: 'Bitrix24 answers, lines and events are ready.',
    checkNoAddress:
      'Bitrix24 answers and gets calls. Clicks and callback forms will not come back: our address is not public. Open the panel by its https address and check again.',
    active: 'Sends calls',
    settings: 'What is sent',
    isShowingCard: 'Open the client’s card while it rings',
    isCreating: 'Make a lead of an unknown client',
    isSendingRecords: 'Attach recordings',
    isTellingSource: 'Write source, campaign and keyword into the client’s card',
    people: 'Who is who',
    peopleText: 'Calls of people without a pair go to the one chosen for such calls.',
    peopleLoad: 'Get people from Bitrix24',
    peopleNone: 'No pair',
    defaultPerson: 'Calls that nobody took go to',
    save: 'Save',
    saved: 'Saved',
    ownerTitle: 'Ring the one who looks after the client',
    ownerText:
      'Put this address into the block “Ask another system” of a scheme, and let “Ring operators” with “The client’s own manager first” follow.',
    failed: 'Refused calls',
    resend: 'Send again',
    resendAll: 'Send all again',
    resent: 'They are being sent again',
    log: 'Last exchanges',
    logEmpty: 'Nothing was said yet.',
    request: 'Request',
    answer: 'Answer',
    in: 'from there',
    out: 'to there',
    hiddenNumber: 'Hidden number',
    remove: 'Remove the link',
    removeText: 'Its settings, log and waiting calls go. What was sent stays in Bitrix24.',
    troubles: {
      away: 'The other side does not answer.',
      limit: 'The other side asks for a pause: too many requests.',
      login:
        'The application or its rights were taken away. Install it again in Bitrix24, or check its codes.',
      notInstalled: 'The application is not installed yet: press “Install” in Bitrix24.',
      otherPortal: 'These codes belong to another portal.',
      nobodyMatched: 'Nobody there is matched with our people: match at least one, then send again.',
      refused: 'The other side refused it: {{detail}}'
    }
  }
}
