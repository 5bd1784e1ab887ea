/** Settings, and what the API answers, in English. */
export const settings = {
  settings: {
    name: 'Name',
    state: 'State',
    moveUp: 'Move up: {{name}}',
    moveDown: 'Move down: {{name}}',
    orderSaved: 'The order is changed.',
    active: 'Active',
    inactive: 'Off',
    empty: 'Nothing here yet.',
    users: {
      title: 'Users',
      text: 'Who works here, and where their calls ring.',
      add: 'Add user',
      name: 'Name',
      role: 'Role',
      device: 'Phone',
      loginHelp: 'Latin letters, digits, dots and dashes.',
      passwordHelp: 'At least 8 characters. Left empty, they choose their own by a link.',
      access: 'Access',
      passwordKeep: 'Leave empty to keep the present one.',
      sipAddress: 'Address of the phone',
      sipAddressHelp: 'Leave empty when the phone registers with us.'
    },
    groups: {
      title: 'Groups',
      text: 'Operators who take the same calls. Schemes ring groups.',
      add: 'Add group',
      members: 'Operators',
      membersHelp: 'In the order in which they are rung.',
      ringTone: 'Ring tone',
      ringToneHelp: 'Lets operators hear which calls are coming.',
      listen: 'Listen',
      tone: { classic: 'Classic', soft: 'Soft', bright: 'Bright', low: 'Low', urgent: 'Urgent' }
    },
    trunks: {
      title: 'Trunks',
      one: 'Trunk',
      text: 'Links to carriers. The state is what the exchange sees now.',
      add: 'Add trunk',
      port: 'Port',
      transport: 'Transport'
    },
    numbers: {
      title: 'Numbers',
      one: 'Number',
      text: 'Numbers people dial. The source says which ad a number stands in; the scheme, what the caller hears.',
      add: 'Add number',
      label: 'Label',
      labelHelp: 'Such as “On the hoarding by the station”.'
    },
    sources: {
      title: 'Sources',
      text: 'Where calls come from: an ad system, a campaign, a leaflet.',
      add: 'Add source'
    },
    sites: { title: 'Sites', text: 'Websites of the company.', add: 'Add site', domain: 'Domain' },
    schemes: {
      title: 'Schemes',
      one: 'Scheme',
      text: 'What happens to a call, step by step. Calls in progress stay on the version they began with.',
      add: 'Add scheme',
      version: 'Published',
      onlyDraft: 'draft only',
      blocks: 'Steps',
      changed: 'Changed',
      fine: 'No problems',
      problemCount_one: '{{count}} problem',
      problemCount_other: '{{count}} problems'
    },
    webhooks: { title: 'Webhooks', add: 'Add webhook' },
    demo: {
      title: 'Demo',
      text: 'A made-up company with calls of the last weeks. Remove it when you begin your own work.',
      off: 'The demo company is not loaded.',
      wipe: 'Remove the demo company',
      wipeText:
        'Remove the demo company with all its users, numbers and calls? What you have added yourself stays.'
    }
  }
}
