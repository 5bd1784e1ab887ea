/** Handing over all that somebody has who leaves, in English. */
export const handOverTexts = {
  handOver: {
    about:
      'Somebody leaves: their contacts, deals, inquiries and tasks go to others in one step, and can be given back.',
    add: 'Hand over everything',
    titleOf: 'Hand over everything of {{name}}',
    text: 'Contacts go together with their deals, inquiries, tasks and callbacks. It can be taken back.',
    who: 'Whose things',
    to: 'Who takes over',
    toHelp: 'Among several people everything is shared evenly',
    choose: 'Choose',
    has: 'Will be handed over',
    nothing: 'There is nothing to hand over',
    closed: 'Closed deals, closed inquiries and done tasks stay as they are: reports tell who did the work.',
    share_one: '{{name}}: {{count}} thing, of these contacts: {{contacts}}',
    share_other: '{{name}}: {{count}} things, of these contacts: {{contacts}}',
    withGroups: 'They also join the groups',
    block: 'Block the sign-in',
    blockHelp: 'Signed out everywhere at once; calls no longer ring there',
    named: 'Look at these yourself',
    namedText: 'They name this person and are not changed by themselves.',
    rules: 'Automation rules',
    save: 'Hand over',
    done: 'Everything of {{name}} is handed over',
    undo: 'Give back',
    undoText:
      '{{name}} gets everything back, but for what went on to others since. If the sign-in was blocked with it, it is open again.',
    undone: 'Given back',
    blocked: 'sign-in blocked',
    gaveBack_one: '{{name}} has {{count}} thing back.',
    gaveBack_other: '{{name}} has {{count}} things back.',
    kept_one: '{{count}} went on to others since, and stays there.',
    kept_other: '{{count}} went on to others since, and stay there.',
    empty: 'Nobody has handed anything over yet.',
    when: 'When',
    what: 'What',
    kind: {
      contact: 'Contacts',
      company: 'Companies',
      inquiry: 'Inquiries',
      deal: 'Deals',
      task: 'Tasks',
      project: 'Projects',
      membership: 'Takes part in projects',
      callback: 'Callbacks',
      group: 'Groups'
    }
  }
}
