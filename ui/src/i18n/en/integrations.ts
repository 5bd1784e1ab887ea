import { linkKinds } from './integrations-kinds.ts'

export const integrationsTexts = {
  integrations: {
    title: 'Integrations',
    text: 'Calls, inquiries and deals reach the systems where your company works, with the ad that brought them.',
    empty: 'Nothing is linked yet. Choose a system below: the steps are shown one by one.',
    available: 'What can be linked',
    connect: 'Connect',
    back: 'All integrations',
    state: {
      off: 'Off',
      new: 'Not finished',
      ready: 'Works',
      trouble: 'Waits',
      needsLogin: 'Needs you'
    },
    counts: '{{done}} sent, {{waiting}} wait',
    failedCount_one: '{{count}} was refused',
    failedCount_other: '{{count}} were refused',
    lastOk: 'Last answer: {{at}}',
    never: 'No exchange yet',
    pausedUntil: 'The next attempt is at {{at}}. What waits is not lost.',
    name: 'Name',
    create: 'Continue',
    copied: 'Copied',
    copy: 'Copy',
    steps: {
      localAddress:
        'This address is not public or not https: the other side cannot reach it. Open the panel by its public address, or set PUBLIC_URL.',
      saveKeys: 'Save',
      saveAndCheck: 'Save and check',
      keysThere: 'They are there.',
      waiting: 'Waiting for {{system}}…',
      checkNow: 'Check and finish'
    },
    otherKeys: 'Keys',
    otherKeysText:
      'They are kept sealed and never shown. New ones are tried at once; an empty field keeps the key there is.',
    changeKeys: 'Change keys',
    check: 'Check now',
    checkOk: '{{system}} answers, everything is ready there.',
    checkNoAddress:
      '{{system}} answers and gets what we send. What it sends or asks will not reach us: our address is not public. Open the panel by its https address and check again.',
    active: 'Switched on',
    settings: 'Settings',
    sends: 'What is sent',
    choose: 'Choose',
    listEmpty: 'The other side has none',
    listNone: 'Not chosen',
    stagesNone: 'Not sent',
    hookTitle: 'Address for their requests',
    hookText: 'It holds a secret: enter it in the other system only.',
    files: 'Files',
    people: 'Who is who',
    peopleText: 'Calls of people without a pair go to the one chosen for such calls.',
    peopleLoad: 'Get people from {{system}}',
    peopleNone: 'No pair',
    defaultPerson: 'Calls that nobody took go to',
    save: 'Save',
    saved: 'Saved',
    ownerTitle: 'Ring the one who looks after the client',
    ownerText:
      'Put this address into the block “Ask another system” of a scheme, and let “Ring operators” with “The client’s own manager first” follow.',
    failed: 'Refused',
    subjects: { call: 'Call', inquiry: 'Inquiry', deal: 'Deal' },
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
    removeText: 'Its settings, log and all that waits go. What was sent stays there.',
    troubles: {
      away: 'The other side does not answer.',
      limit: 'The other side asks for a pause: too many requests.',
      login: 'The keys are taken no more. Check them, or bring new ones.',
      nobodyMatched: 'Nobody there is matched with our people: match at least one, then send again.',
      refused: 'The other side refused it: {{detail}}'
    }
  },
  linkKinds
}
