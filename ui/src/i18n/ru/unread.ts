/** The way to conversations, in the frame. */
export const unreadTexts = {
  unread: {
    some_one: 'Новое в {{count}} переписке',
    some_few: 'Новое в {{count}} переписках',
    some_many: 'Новое в {{count}} переписках',
    some_other: 'Новое в {{count}} переписках',
    none: 'Переписка'
  }
}
