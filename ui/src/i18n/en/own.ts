/** An operator's own lists and the dial pad, in English. */
export const own = {
  own: {
    title: 'Mine',
    tab: { missed: 'Missed', calls: 'My calls', tasks: 'Tasks' },
    missed: {
      empty: 'Nothing missed',
      emptyText: 'Calls that you could not answer stay here for a week.',
      waiting: 'Not called back',
      tries_one: 'Not called back · {{count}} try',
      tries_other: 'Not called back · {{count}} tries',
      back: 'Called back by {{name}}, {{at}}',
      again: 'Called again, answered by {{name}}, {{at}}',
      somebody: 'a colleague',
      now: 'In a talk with {{name}} now',
      calls_one: '{{count}} call',
      calls_other: '{{count}} calls',
      ownClient: 'your client',
      all: 'All missed calls in the journal'
    },
    calls: {
      empty: 'No calls yet today',
      emptyText: 'Type a number or a name above, or wait for a call.',
      in: 'Incoming',
      out: 'Outgoing',
      internal: 'Internal',
      all: 'All my calls'
    },
    tasks: {
      empty: 'All done for today',
      emptyText: 'Tasks and promised calls of today appear here.',
      soon: 'at once',
      noTime: 'no time set',
      overdue: 'overdue',
      done: 'Done',
      wasDone: '“{{title}}” is done.',
      undo: 'Undo',
      attempts_one: '{{count}} attempt',
      attempts_other: '{{count}} attempts',
      callback: {
        form: 'Ordered on the site',
        missed: 'Missed call',
        queue: 'Left the queue',
        scheme: 'Promised by the line',
        manual: 'Callback',
        api: 'Callback'
      },
      kind: {
        call_back: 'Call back',
        voicemail: 'Listen to a message',
        callback_failed: 'Callback did not work',
        follow_up: 'Task',
        call: 'Call',
        meeting: 'Meeting',
        mail: 'Letter',
        other: 'Task'
      }
    },
    dial: {
      label: 'Number, name or company',
      placeholder: 'Number or name',
      found: 'Whom to call',
      recent: 'Last numbers',
      typed: 'Dial {{number}}',
      nobody: 'Nobody found. Type the whole number.',
      searching: 'Searching…',
      colleague: 'Colleague',
      shows: 'They see {{number}}',
      carrier: 'The carrier chooses the number shown',
      inside: 'A call inside the company',
      emergency: 'Emergency service',
      noCalls: 'Asked not to be called',
      erase: 'Erase',
      keypad: 'Digits',
      link: 'A link asks to call. Check the number and press “Call”.',
      linkBad: 'There is no telephone number in the link.',
      linkCall: 'You are in a call. Finish it and press the link again.'
    }
  }
}
