/** Choosing days, and selections kept under a name, in English. */
export const selection = {
  days: {
    label: 'Period',
    today: 'Today',
    yesterday: 'Yesterday',
    last7: '7 days',
    last30: '30 days',
    thisMonth: 'This month',
    lastMonth: 'Last month',
    thisQuarter: 'This quarter',
    lastQuarter: 'Last quarter',
    custom: 'Own days',
    from: 'From',
    to: 'To',
    show: 'Show',
    backwards: 'The first day is after the last.',
    previousMonth: 'Month before',
    nextMonth: 'Next month'
  },
  views: {
    title: 'Views',
    own: 'Mine',
    shared: 'Shared',
    none: 'Keep this selection under a name, to open it with one press.',
    save: 'Keep the current one',
    name: 'Name',
    share: 'Show to everybody',
    unshare: 'Only for me',
    rename: 'Rename',
    replace: 'Replace with the current selection',
    delete: 'Delete',
    deleted: 'The view “{{name}}” is deleted',
    undo: 'Undo',
    saved: 'The view “{{name}}” is kept',
    by: 'By {{name}}',
    actions: 'What to do with the view “{{name}}”'
  }
}
