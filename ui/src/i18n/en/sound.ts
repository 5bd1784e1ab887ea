/** The dialog of sound devices and the line, in English. */
export const sound = {
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
      noServer: 'There is no connection to the telephone server. Check the network; it comes back by itself.',
      refused:
        'The telephone server refused the call. Reload the page; if that does not help, tell your admin.',
      noPath:
        'The sound finds no way to the server: something between here and it stops UDP. Switch a VPN off, try another network, or tell your admin.',
      nothingBack:
        'Your sound goes out, and nothing comes back: the server does not reach this computer. Tell your admin.'
    }
  }
}
