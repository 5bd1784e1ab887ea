/** The way to conversations, in the frame. */
export const unreadTexts = {
  unread: {
    some_one: '{{count}} conversation with something new',
    some_other: '{{count}} conversations with something new',
    none: 'Conversations'
  }
}
