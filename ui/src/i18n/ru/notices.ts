/** Колокольчик. */
export const noticeTexts = {
  notices: {
    title: 'Уведомления',
    unread: 'Уведомления, новых: {{count}}',
    empty: 'Здесь появятся напоминания и задачи, которые вам поручат.',
    open: 'Открыть',
    kind: {
      task_due: 'Скоро срок',
      task_given: 'Вам поручена задача',
      automation: 'Автоматизация',
      alarm: 'Тревога'
    }
  }
}
