/** The supervisor's wall: today's figures, limits, screens on walls. */
export const wall = {
  wall: {
    today: 'Today',
    countedAt: 'counted until {{time}}',
    serviceLevel: 'Service level',
    within: 'answered within {{seconds}} s',
    calls: 'Calls',
    answered: 'Answered',
    missed: 'Missed',
    answeredMissed: 'Ans. / missed',
    abandoned: 'Gave up waiting',
    wait: 'Wait, mean',
    talk: 'talk {{time}}',
    bySource: 'By source',
    noSource: 'Unknown source',
    waiting: 'Waiting',
    talking: 'Talking',
    settings: 'Wall',
    toFront: 'Move to the front',
    groups: 'Groups',
    limit: {
      withinSeconds: 'An answer counts within, seconds',
      levelAmber: 'Service level amber below',
      levelRed: 'Service level red below',
      waitAmber: 'Wait amber from, seconds',
      waitRed: 'Wait red from, seconds',
      waitingRed: 'Callers at once that turn a queue red',
      hasSound: 'Sound when something turns red'
    },
    tv: {
      title: 'Screens on walls',
      text: 'A link opens the wall on a television without signing in. It shows no names or numbers of clients.',
      name: 'Where the screen hangs',
      nameHint: 'Sales hall',
      make: 'Make link',
      once: 'Open this link on the screen. It is shown only now.',
      copy: 'Copy',
      copied: 'Copied',
      seen: 'last seen {{time}}',
      never: 'not opened yet',
      drop: 'Take the link back: {{name}}',
      gone: 'This link is not valid any more. Ask a supervisor for a new one.',
      away: 'The server does not answer. This screen goes on by itself.'
    }
  }
}
