/** The bell of the frame. */
export const noticeTexts = {
  notices: {
    title: 'Notices',
    unread: 'Notices, new: {{count}}',
    empty: 'Reminders and tasks that you are given appear here.',
    open: 'Open',
    kind: {
      task_due: 'Coming up',
      task_given: 'You were given a task',
      automation: 'Automation',
      alarm: 'Alarm'
    }
  }
}
