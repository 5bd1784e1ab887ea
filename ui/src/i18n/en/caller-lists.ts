/** Lists of callers, in English. */
export const callerLists = {
  callerLists: {
    title: 'Lists of callers',
    text: 'Whose calls are treated otherwise than others: spam is turned away, VIPs go first, and schemes can ask for any list.',
    new: 'New list',
    name: 'Name',
    rename: 'Rename the list',
    kind: { spam: 'Spam', vip: 'VIP' },
    about: {
      spam: 'These callers reach nobody. Their calls stay in the journal, marked as spam, and no report counts them.',
      vip: 'These callers wait in queues before others, and whoever is rung sees that a VIP calls.',
      own: 'In a scheme, the block “Condition” can send callers of this list their own way.'
    },
    calls30_one: '{{count}} call in the last 30 days',
    calls30_other: '{{count}} calls in the last 30 days',
    number: 'Number',
    numberHelp: 'A star stands for the rest: 8800* means all numbers that begin like it.',
    note: 'Note',
    who: 'Added by',
    until: 'Until',
    always: 'for good',
    over: 'is over',
    days_one: '{{count}} day',
    days_other: '{{count}} days',
    add: 'Add',
    search: 'Number or note',
    notFound: 'Nobody on this list fits.',
    more: 'Show more',
    empty: {
      spam: 'Nobody is on it yet. A caller comes here with one press in the journal or in a call.',
      vip: 'Nobody is on it yet. Add your most important clients.',
      own: 'Nobody is on it yet.'
    },
    others: 'Other lists',
    on: { spam: 'To the spam list', vip: 'To the VIP list' },
    off: { spam: 'Take off the spam list', vip: 'Take off the VIP list' },
    added: '{{number}} is on the list “{{list}}”',
    removed: '{{number}} is off the list “{{list}}”',
    there: '{{number}} is on the list “{{list}}” already.',
    undo: 'Undo',
    import: {
      open: 'Paste many',
      title: 'Paste numbers into “{{list}}”',
      label: 'Numbers',
      help: 'One a line. A note may stand behind a tab, comma or semicolon.',
      most: '10,000 lines at most',
      send: 'Add to the list',
      added_one: '{{count}} number added.',
      added_other: '{{count}} numbers added.',
      known_one: '{{count}} was there already.',
      known_other: '{{count}} were there already.',
      refused_one: '{{count}} line is no telephone number: mend it here.',
      refused_other: '{{count}} lines are no telephone numbers: mend them here.'
    },
    suggested: {
      title: 'Perhaps spam',
      text: 'They called again and again within a week, and never talked for longer than a moment. Nothing is done to them until you say so.',
      calls_one: '{{count}} call',
      calls_other: '{{count}} calls',
      longest: '{{seconds}} s at most',
      hide: 'No spam'
    },
    rules: {
      title: 'What becomes of them',
      text: 'The same for all numbers of the company.',
      spamText: 'Nobody is rung, and nobody gets a task of it.',
      spam: 'Who is on the spam list',
      sound: 'What they hear',
      soundHelp: 'One of your prompts.',
      usualSound: 'Our own words',
      minCalls: 'Suggest a number after so many short calls within a week',
      minHelp: 'Only if all of its calls were short.',
      minSeconds: 'A call is short below so many seconds',
      vipPriority: 'Priority of VIPs in queues',
      vipHelp: '0 to 100. Who has more is served first; others have what their queue says, usually 0.'
    },
    action: {
      busy: 'hears the busy tone',
      hangUp: 'is turned away without a word',
      announcement: 'hears an announcement',
      voicemail: 'may leave a message'
    }
  }
}
