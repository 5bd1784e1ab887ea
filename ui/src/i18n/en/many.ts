/** Work on many settings: what uses a thing, search, changes of many, files, scopes of tokens; in English. */
export const many = {
  usage: {
    title: 'Delete “{{name}}”?',
    titleStays: '“{{name}}” cannot be deleted yet',
    looking: 'Looking at what uses it…',
    free: 'Nothing uses it.',
    pastCalls: 'Past calls keep it.',
    canUndo: 'You can bring it back for ten seconds.',
    breaksText: 'Deleting it would break what stands here. Change that first.',
    effect: {
      breaks: 'Would break',
      goes: 'Deleted together with it',
      empties: 'Left empty there',
      stays: 'Stays as it is'
    },
    kind: {
      scheme: 'Schemes',
      number: 'Numbers',
      pool: 'Number pools',
      site: 'Sites',
      group: 'Groups',
      user: 'People',
      device: 'Telephones',
      token: 'API tokens',
      contact: 'Clients',
      callback: 'Callbacks',
      task: 'Tasks',
      dialList: 'Dial lists',
      inquiry: 'Inquiries',
      deal: 'Deals',
      cost: 'Costs',
      form: 'Forms of the site',
      visitor: 'Visitors',
      delivery: 'Deliveries of the webhook',
      track: 'Tracks',
      check: 'Checks of schemes',
      savedView: 'Saved views',
      mailing: 'Reports by mail',
      setting: 'Settings',
      call: 'Calls of the last 90 days',
      other: 'Other records'
    },
    block: 'block “{{name}}”',
    draftOnly: 'in the draft',
    more: 'and {{count}} more',
    gone: 'Deleted: {{name}}',
    undo: 'Undo',
    back: 'Back again: {{name}}'
  }
}
