/** An operator's shift: how talks ended, sound devices, quality of the line. */
export const shift = {
  shift: {
    rejoin: 'Coming back into the talk…',
    sound: {
      title: 'Sound and line',
      usual: 'As the computer does',
      device: 'Device {{number}}',
      unplugged: 'Unplugged: the usual device is used',
      microphone: 'Microphone',
      level: 'Loudness of the microphone',
      speak: 'Say something: the bar must move.',
      heard: 'The microphone hears you.',
      speaker: 'Clients sound from',
      speakerVolume: 'Loudness of clients',
      ringer: 'Calls ring on',
      ringVolume: 'Loudness of the ring',
      try: 'Play',
      tryRing: 'Play',
      echo: 'Call to yourself',
      echoText: 'You should hear your own voice, and see how good the line to the server is.',
      echoStart: 'Try the line',
      echoStop: 'End',
      echoSpeak: 'Connected. Say something: your voice must come back.',
      figures: 'Score {{mos}} of 4.5 · delay {{rtt}} ms · jitter {{jitter}} ms · loss {{loss}} %',
      fault: {
        noServer:
          'There is no connection to the telephone server. Check the network; it comes back by itself.',
        refused:
          'The telephone server refused the call. Reload the page; if that does not help, tell your admin.',
        noPath:
          'The sound finds no way to the server: something between here and it stops UDP. Switch a VPN off, try another network, or tell your admin.',
        nothingBack:
          'Your sound goes out, and nothing comes back: the server does not reach this computer. Tell your admin.'
      }
    },
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
