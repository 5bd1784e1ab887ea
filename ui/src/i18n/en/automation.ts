/** Settings → Automation. */
export const automationTexts = {
  automation: {
    title: 'Automation',
    about:
      'When something happens, or does not happen for too long, rules act by themselves: tasks, letters, SMS, stages, calls. Each event is answered once.',
    tab: { rules: 'Rules', log: 'Log', manner: 'Quiet hours and consent', sms: 'SMS gateway' },
    rule: 'Rule',
    new: 'New rule',
    add: 'Add a rule',
    fromPreset: 'From a preset',
    copy: 'Copy',
    copyOf: '{{name}} (copy)',
    saved: 'The rule is saved.',
    empty: 'No rules yet. Begin with one of the presets above, or add your own.',
    lastRun: 'Last run',
    inThirtyDays: 'In 30 days',
    isActive: 'On',
    onlyAdmins: 'Only admins change this.',
    any: 'Any',
    anybody: 'Whoever is free',
    choose: 'Choose',
    chooseOrWrite: 'Choose, or write and press Enter',
    unitLabel: 'unit',
    units: { minutes: 'minutes', hours: 'hours', days: 'days' },
    unit: {
      minutes_one: '{{count}} minute',
      minutes_other: '{{count}} minutes',
      hours_one: '{{count}} hour',
      hours_other: '{{count}} hours',
      days_one: '{{count}} day',
      days_other: '{{count}} days'
    },
    conditionCount_one: '{{count}} condition',
    conditionCount_other: '{{count}} conditions',
    count: {
      done: 'done: {{count}}',
      waiting: 'under way: {{count}}',
      failed: 'failed: {{count}}',
      left: 'left out: {{count}}'
    },
    when: 'When',
    if: 'If',
    then: 'Then',
    always: 'No conditions: every time.',
    addCondition: 'Add a condition',
    addGroup: 'And another group of conditions',
    addAction: 'Add an action',
    triggerPart: { inquiries: 'Inquiries', calls: 'Calls', deals: 'Deals', tasks: 'Tasks' },
    trigger: {
      inquiryCreated: 'A new inquiry has come',
      inquiryUnanswered: 'Nobody has answered an inquiry for',
      inquiryIdle: 'Nothing was done with an inquiry for',
      formSubmitted: 'A form of a site was sent',
      messageReceived: 'A message or mail has come',
      missedCall: 'A call was missed',
      callEnded: 'A call is over',
      callRated: 'A client rated a talk',
      dealStage: 'A deal came to a stage',
      dealWon: 'A deal was won',
      dealLost: 'A deal was lost',
      dealIdle: 'Nothing was done with a deal for',
      taskOverdue: 'A task is overdue'
    },
    forSoLong: 'How long',
    ratingUpTo: 'Rating, at most',
    stages: 'Stages',
    outcomes: 'Outcome of the call',
    direction: { label: 'Direction', any: 'Any', in: 'Incoming', out: 'Outgoing' },
    condition: 'Condition',
    match: { label: 'How conditions combine', all: 'All hold', any: 'At least one holds' },
    conditionKind: {
      source: 'Source',
      inquiryChannel: 'Channel',
      campaign: 'Campaign',
      tag: 'Tag',
      amount: 'Sum of the deal',
      stage: 'Stage of the deal',
      responsible: 'Responsible',
      client: 'Client',
      schedule: 'Working hours',
      time: 'Time of day'
    },
    is: {
      label: 'Is or is not',
      is: 'is one of',
      isNot: 'is none of',
      within: 'between',
      outside: 'not between',
      open: 'open',
      closed: 'closed'
    },
    client: { new: 'new: was never here before', known: 'known' },
    amount: { min: 'at least', max: 'at most' },
    noSchedules: 'No schedules yet',
    from: 'From',
    to: 'To',
    days: 'Days',
    everyDay: 'Every day',
    day: { '1': 'Mon', '2': 'Tue', '3': 'Wed', '4': 'Thu', '5': 'Fri', '6': 'Sat', '7': 'Sun' },
    actionKind: {
      createTask: 'Make a task',
      changeStage: 'Move the deal',
      changeOwner: 'Change who is responsible',
      addTag: 'Tag the client',
      sendMail: 'Send a mail to the client',
      sendSms: 'Send an SMS to the client',
      sendMessage: 'Write where the client was talked with last',
      orderCallback: 'Call the client back',
      webhook: 'Tell webhooks',
      notify: 'Tell colleagues',
      mailStaff: 'Mail to colleagues'
    },
    task: { title: 'Task', for: 'For whom', due: 'Due in' },
    assignee: {
      responsible: 'Whoever is responsible',
      supervisor: 'A supervisor, the least busy one',
      user: 'A person',
      group: 'A group'
    },
    told: { supervisors: 'All supervisors', responsible: 'Whoever is responsible', user: 'A person' },
    toStage: 'To the stage',
    toUser: 'To',
    tag: 'Tag',
    mail: { subject: 'Subject', text: 'Text' },
    text: { sendSms: 'Text of the SMS', sendMessage: 'Text' },
    isMarketing: 'This is advertising',
    marketingText: 'Goes only to those who agreed, with a link to unsubscribe.',
    serviceText: 'A service message: about an order or an inquiry of the client. It needs no consent.',
    noSms: 'No SMS gateway is set up: this action will be left out. See the tab “SMS gateway”.',
    callbackGroup: 'Which group calls',
    webhookText: 'Webhooks that want the event automation.fired get the rule, the client and the deal.',
    notify: {
      to: 'Whom',
      text: 'What to say',
      emails: 'Also to these addresses',
      emailsHelp:
        'In the panel it comes at once. People who wish letters about tasks get a mail too. Press Enter after each address.'
    },
    strange: 'There is no {{name}}: choose one of the words below.',
    variable: {
      client: 'Name of the client',
      phone: 'Telephone of the client',
      email: 'Mail of the client',
      deal: 'Title of the deal',
      amount: 'Sum of the deal',
      stage: 'Stage of the deal',
      responsible: 'Who is responsible',
      operator: 'Who talked',
      source: 'Source',
      campaign: 'Campaign',
      rating: 'Rating of the talk',
      text: 'What the client wrote'
    },
    limit: {
      title: 'Not too often',
      text: 'For one client, whatever happens. A rule never sets itself off again, not even by other rules.',
      times: 'At most, times',
      hours: 'within, hours'
    },
    try: {
      title: 'Try it out',
      text: 'Shows what the rule would have done about something that really happened. Nothing is sent or changed.',
      none: 'Nothing of this kind has happened yet.',
      on: 'On what',
      run: 'Try out',
      nobody: 'an unknown client',
      fires: 'The rule would have acted: {{client}}.',
      notHeld: 'The conditions do not hold: {{client}}. If they did, it would do this:',
      notFired: 'This would not set the rule off: {{client}}. If it did, it would do this:',
      waits: 'quiet hours: not before {{at}}'
    },
    rated: 'rating {{rating}}',
    sampleState: {
      new: 'new',
      inWork: 'in work',
      accepted: 'became a deal',
      closed: 'closed',
      spam: 'spam',
      open: 'open',
      done: 'done',
      cancelled: 'cancelled'
    },
    subject: {
      inquiry: 'Inquiry',
      deal: 'Deal',
      call: 'Call',
      form: 'Form',
      task: 'Task',
      message: 'Message'
    },
    runState: {
      skipped: 'Left out',
      stopped: 'Stopped',
      waiting: 'Under way',
      done: 'Done',
      failed: 'Failed'
    },
    stepState: {
      pending: 'waits',
      begun: 'on its way',
      done: 'done',
      skipped: 'left out',
      failed: 'failed',
      unknown: 'may have gone'
    },
    note: {
      gone: 'what it was about is gone',
      noClient: 'the client is not known',
      noAddress: 'no public address is set, so there is no link to unsubscribe',
      noPhone: 'no telephone number',
      noEmail: 'no mail address',
      noWay: 'the client has written nowhere yet',
      noDeal: 'there is no deal',
      nothingToOwn: 'neither deal nor inquiry',
      refused: 'the client has unsubscribed',
      noConsent: 'the client did not agree to advertising',
      nobody: 'nobody to tell',
      notSetUp: 'no SMS gateway',
      unknownTarget: 'that person is gone',
      quiet: 'quiet hours',
      stopped: 'the system stopped while it was being sent; look before you repeat it',
      conditions: 'the conditions did not hold',
      loop: 'rules went round',
      depth: 'too many rules one after another',
      limit: 'often enough for this client',
      tooLate: 'became known too late'
    },
    log: {
      time: 'Time',
      rule: 'Rule',
      about: 'About',
      done: 'What was done',
      anyRule: 'Any rule',
      filter: { acted: 'Acted', failed: 'Failed', waiting: 'Under way', all: 'All, left out too' },
      empty: 'No rule has acted yet.',
      nothing: 'Nothing here.',
      retry: 'Repeat',
      again: 'It is tried again.',
      next: 'next try {{at}}'
    },
    manner: {
      saved: 'Saved.',
      noAddress:
        'The installation does not know its public address (PUBLIC_URL): without a link to unsubscribe advertising is not sent.',
      quiet: 'Quiet hours',
      quietText:
        'No letters, SMS and calls from rules to clients at night: they wait for the morning where the client lives, by the code of their number.',
      from: 'From',
      to: 'To',
      consent: 'Advertising only to those who agreed',
      consentText:
        'Off: also to those who were not asked. Whoever has unsubscribed gets none either way. The law may demand consent.',
      refuseWords: 'Words before the link to unsubscribe',
      refuseText: 'The same in letters and SMS.'
    },
    sms: {
      isOn: 'Send SMS',
      isOnText:
        'Through any gateway that takes messages by HTTP: enter the request as its documentation has it.',
      saved: 'Saved.',
      method: 'Method',
      url: 'Address of the gateway',
      body: 'Body of the request',
      bodies: { json: 'JSON', form: 'Form', none: 'None' },
      template: 'Template of the body',
      templateHelp: {
        json: 'JSON; what stands for {{text}} is escaped by itself.',
        form: 'A line for each field: name=value.'
      },
      places: 'What can stand here:',
      place: {
        phone: 'number with a plus',
        digits: 'number, digits only',
        text: 'text',
        id: 'the same for each attempt',
        key: 'the key below'
      },
      headers: 'Headers',
      headerName: 'Name of the header',
      headerValue: 'Value of the header',
      addHeader: 'Add a header',
      key: 'Key or password',
      keyText: 'Kept sealed; never shown again.',
      keyKept: 'A key is kept. Leave it empty to keep it.',
      expects: 'A right answer contains',
      expectsText: 'Empty: any answer with status 2xx.',
      test: 'Send a test',
      testText: 'By the saved settings. It costs what an SMS costs.',
      testTo: 'Telephone number',
      testSend: 'Send',
      testOk: 'The gateway has taken it.',
      testBad: 'It was not sent:'
    },
    preset: {
      missedAtNight: {
        name: 'Missed call at night',
        about: 'A task for the morning, and an SMS to the client that you will call.',
        task: 'Call back: {{client}}, {{phone}}',
        text: 'We have seen your call and will call back in the morning.'
      },
      noAnswer: {
        name: 'No answer to an inquiry in 20 minutes',
        about: 'Supervisors are told at once.',
        text: 'Nobody has answered: {{client}}, {{phone}}'
      },
      thanks: {
        name: 'Thanks for the order',
        about: 'A letter to the client when a deal is won.',
        subject: 'Thank you for your order',
        text: 'Hello, {{client}}!\n\nThank you for your order “{{deal}}”. If you have questions, just answer this letter.\n\n{{responsible}}'
      },
      lowRating: {
        name: 'Low rating to supervisors',
        about: 'A rating of 2 or less: supervisors know at once.',
        text: 'Rating {{rating}}: {{client}}, {{phone}}. Talked: {{operator}}.'
      }
    }
  }
}
