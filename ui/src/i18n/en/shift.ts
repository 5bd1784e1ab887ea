/** An operator's shift: how talks ended, sound devices, quality of the line. */
export const shift = {
  shift: {
    codes: {
      title: 'How did the talk end?',
      owed: 'Say how the talk ended: then calls ring again.',
      settingsTitle: 'Wrap-up codes',
      settingsText:
        'How a talk may end. Operators give one of the first nine with the keys 1 – 9 after the talk.',
      add: 'Add code',
      require: 'Demand a code',
      requireHelp: 'The wrap-up lasts until the operator has said how the talk ended.'
    }
  }
}
