/** An operator's shift: how talks ended, quality of the line, in English. */
export const shift = {
  shift: {
    rejoin: 'Coming back into the talk…',
    quality: {
      good: 'Good line',
      fair: 'The line has weak moments',
      poor: 'Bad line',
      mos: 'Score {{mos}} of 4.5.',
      rtt: 'Delay {{ms}} ms.',
      pathLost: 'The sound is interrupted. A new way is being found…',
      problem: {
        rtt: 'Long delay: you may talk over each other.',
        jitter: 'Packets come unevenly: the sound may crackle. A cable is better than WLAN.',
        loss: 'Parts of the sound get lost. Close downloads and video; a cable is better than WLAN.',
        mos: 'The sound suffers from the network.',
        silentMicrophone:
          'The client cannot hear you: the microphone gives no sound. Check its switch and its cable.',
        noSound: 'No sound comes from the client. If it lasts, call them back.'
      }
    },
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
