/** Settings → Webhooks. */
export const webhookTexts = {
  hooks: {
    one: 'Webhook',
    new: 'New webhook',
    text: 'Moments of calls, inquiries and deals, sent to other systems: signed, repeated for three days, with a log of every attempt.',
    empty:
      'No webhooks yet. Add one to tell a CRM, a BI system or a script of your own what happens in calls.',
    address: 'Address',
    events: 'Events',
    isActive: 'Switched on',
    saved: 'The webhook is saved.',
    eventCount_one: '{{count}} event',
    eventCount_other: '{{count}} events',
    conditionCount_one: '{{count}} condition',
    conditionCount_other: '{{count}} conditions',
    failing: 'Not reached',
    failingSince: 'since {{at}}',
    took: '{{ms}} ms',
    noticeTo: 'Whom to write to when it is switched off',
    noticeToHelp:
      'A webhook is switched off when every attempt has failed for five days, or when the receiver wants no more. Press Enter after each address.',
    badMail: 'One of these is no mail address.',
    off: {
      title: '“{{name}}” was switched off:',
      text: 'Once the receiver works, switch the webhook on and send what failed again.'
    },
    action: { test: 'Send a test', replay: 'Send again', rotate: 'New secret' },
    event: {
      call_initiated: 'Call has arrived',
      call_forwarding_step: 'Step of a scheme',
      call_answered: 'Operator has answered',
      call_rated: 'Talk was rated',
      call_ended: 'Call is over',
      call_missed: 'Call was missed',
      call_recording_ready: 'Recording is ready',
      call_modified: 'Call was changed',
      inquiry_created: 'New inquiry',
      form_submitted: 'Form of a site',
      message_received: 'Message or mail of a client',
      deal_stage_changed: 'Deal has moved',
      automation_fired: 'A rule of automation fired',
      webhook_test: 'Test'
    },
    state: { pending: 'Waiting', delivered: 'Delivered', failed: 'Failed' },
    preset: {
      own: 'Format of Ringtrace (Standard Webhooks)',
      ringostat: 'Like Ringostat',
      comagic: 'Like CoMagic (UIS)',
      roistat: 'Like Roistat',
      calltouch: 'Like Calltouch',
      megafon: 'Like MegaFon PBX (1C, many CRMs)',
      custom: 'A template of your own'
    },
    filter: {
      title: 'Only certain calls',
      text: 'All conditions must hold. What nobody wants is not even written down.',
      any: 'any',
      directions: 'Direction',
      outcomes: 'Outcome',
      sourceIds: 'Source',
      operatorIds: 'Operator',
      minTalkSeconds: 'Talk of at least, seconds',
      maxTalkSeconds: 'Talk of at most, seconds',
      clash:
        'These events come before the conditions are known, or are of no call, so they would never be sent: {{events}}. Leave out the event or the condition.'
    },
    template: {
      format: 'Format',
      ownText: 'JSON, signed by the Standard Webhooks rules: for receivers that are written for it.',
      formatText:
        'For handlers that were written for another system. Change the messages as your handler needs them.',
      token: 'Token of the receiver',
      tokenHelp:
        'Put it into messages as {{open}}token{{close}}. It is shown to nobody, and hidden in the log.',
      tokenKept: 'a token is kept; type to replace it',
      tokenShow: 'Show what is typed',
      event: 'When',
      method: 'Method',
      url: 'Address of this message',
      urlHelp: 'Empty: the address of the webhook. Variables may stand behind the host.',
      body: 'Content',
      kind: { form: 'Form', json: 'JSON', query: 'Query', none: 'None' },
      insert: 'Insert a variable',
      fieldsHelp: 'One field on each line: name=value.',
      jsonHelp: 'A variable in quotes is text; without quotes it keeps its type, and is null when not known.',
      headers: 'Headers of your own',
      headersHelp: 'One on each line: Name: value.',
      needs: 'Only when this is known',
      needsHelp: 'Such as the rating: nobody wants to hear that none was given.',
      always: 'always sent',
      line: 'line {{number}}',
      wrong: 'Has mistakes',
      add: 'One more message',
      remove: 'Remove this message'
    },
    problem: {
      unknownVariable: 'there is no variable “{{name}}”',
      unknownFormat: 'there is no format “{{name}}”',
      notClosed: 'a variable is not closed: {{name}}',
      badUrl: 'this is no http or https address; variables may stand behind the host only',
      fieldName: 'a field needs a name',
      bodyOfGet: 'GET carries no content: choose the query, or POST',
      headerName: '“{{name}}” is no name of a header',
      ownHeader: 'the header “{{name}}” is set by the system',
      secretHeader: 'put the secret into the token of the receiver, and the variable token here',
      latinOnly: 'headers take Latin letters only',
      notJson: 'this is no JSON once the variables are filled in'
    },
    preview: {
      title: 'What is sent',
      real: 'by the last call',
      madeUp: 'by a made-up call',
      notNeeded: 'would not be sent for this call',
      problems: 'Correct the mistakes to see what is sent.'
    },
    test: {
      title: 'Test “{{name}}”',
      text: 'Sends the event webhook.test now and shows what the receiver answers. It is not repeated.',
      textTemplate:
        'Sends a message filled in from the last call, and shows what the receiver answers. It is not repeated. The receiver may take it for a real call.',
      message: 'Message',
      send: 'Send now',
      again: 'Send once more',
      taken: 'Taken',
      refused: 'Not taken'
    },
    secret: {
      title: 'Secret of the webhook',
      text: 'Copy it now: it is shown only once. The receiver checks signatures with it.',
      done: 'I have it'
    },
    rotate: {
      title: 'New secret for “{{name}}”',
      overlap: 'How long shall the present secret go on signing?',
      text: 'Both sign meanwhile, so that nothing is refused while the receiver changes over.',
      for: {
        none: 'Not at all: it is known to strangers',
        '24': 'One day',
        '168': 'One week',
        next: 'Until the next change'
      },
      confirm: 'Make a new secret'
    },
    replay: {
      title: 'Send again: “{{name}}”',
      off: 'The webhook is switched off: what is sent again waits until it is on.',
      which: 'Which',
      failed: 'Those that failed',
      all: 'All, also those that were delivered',
      when: 'Since when',
      ever: 'As far back as the log goes (30 days)',
      since: 'Since a moment',
      badTime: 'Choose a day and a time',
      counting: 'Counting …',
      count_one: '{{count}} delivery',
      count_other: '{{count}} deliveries',
      same: 'Each goes out under its own id, the oldest first: a receiver that has seen it can drop it.',
      much: 'At most {{max}} at once: begin later.',
      confirm_one: 'Send {{count}} again',
      confirm_other: 'Send {{count}} again',
      done_one: '{{count}} delivery goes out again.',
      done_other: '{{count}} deliveries go out again.'
    },
    deliveries: {
      title: 'Log of deliveries',
      empty: 'Nothing has been sent yet. Send a test with the paper plane above.',
      time: 'Time',
      event: 'Event',
      answer: 'Answer',
      all: 'All',
      anyWebhook: 'Any webhook',
      anyEvent: 'Any event'
    },
    delivery: {
      request: 'Request',
      answer: 'Answer',
      headers: 'Headers',
      body: 'Content',
      attempt: 'Attempt {{number}}',
      noAnswer: 'no answer',
      next: 'next attempt {{at}}',
      none: 'It has not been sent yet.',
      replay: 'Send again',
      again: 'It goes out again.'
    }
  }
}
