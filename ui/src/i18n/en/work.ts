/** What operators do in and around calls: holding, transfers, dialling, callbacks and tasks, in English. */
export const work = {
  talk: {
    tools: 'In this call',
    onDeskPhone: 'You speak on your desk phone.',
    hold: 'Hold',
    unhold: 'Resume',
    held: 'On hold: the client hears music',
    park: 'Park',
    parkedAt:
      'The call is parked at {{slot}}. Anybody can take it here, or by dialling *{{slot}} on a telephone.',
    parkedCalls: 'Parked calls',
    take: 'Take',
    pauseRecording: 'Pause rec.',
    resumeRecording: 'Resume rec.',
    recordingPaused: 'Recording paused',
    alsoHere: 'Also in the call: {{names}}'
  },
  transfer: {
    button: 'Transfer',
    title: 'Transfer the call',
    search: 'Name, group or number',
    searching: 'Looking for somebody…',
    nobody: 'Nobody found. Type a number to transfer it outside.',
    outside: 'Number outside',
    free_one: '{{count}} free',
    free_other: '{{count}} free',
    note: 'Note for whoever takes it',
    notePlaceholder: 'They see it before they answer',
    warm: 'Speak first',
    blind: 'Transfer now',
    hint: 'Enter: speak first. Ctrl+Enter: transfer now. Arrows choose.',
    complete: 'Complete transfer',
    completeNow: 'Transfer without waiting',
    cancel: 'Back to the client',
    swap: 'Swap',
    join: 'All three',
    speaks: 'You speak now',
    waits: 'Waits, hears music',
    hearsMusic: 'Hears music',
    stage: { finding: 'looking…', ringing: 'ringing', talking: 'in a talk' },
    question: 'A colleague asks you',
    returns: 'The call comes back',
    asks: '{{name}} wants to give you this call',
    gave: '{{name}} gave you this call',
    cameBack: 'The call came back from {{name}}',
    somebody: 'A colleague',
    failed: 'The transfer did not work, the client is yours again.',
    reason: {
      nobody_free: 'Nobody is free there.',
      no_answer: 'Nobody answered.',
      noAnswer: 'They did not answer.',
      declined: 'They declined.',
      busy: 'They are busy.',
      failed: 'Their telephone could not be reached.',
      refused: 'The call was refused.',
      consulted_left: 'They hung up.'
    },
    scheme: 'Scheme'
  },
  watch: {
    title: 'You are watching this call',
    leave: 'Leave',
    takeOver: 'Take over',
    start: 'Watch',
    silent: 'Silently',
    silentHelp: 'The operator is not told. It stands in the audit.',
    mode: { listen: 'Listen', whisper: 'Whisper', join: 'Join' },
    help: {
      listen: 'Nobody hears you',
      whisper: 'Only the operator hears you',
      join: 'Everybody hears you'
    },
    says: {
      listen: '{{name}} is listening',
      whisper: '{{name}} is whispering to you',
      join: '{{name}} is in the call'
    }
  },
  wrapUp: {
    title: 'After the call',
    text: 'Write down what matters. Calls do not ring until the time is over.',
    extend: '+1 min',
    end: 'Done'
  },
  pause: {
    title: 'Not taking calls',
    autoTitle: 'You are paused',
    autoText:
      'Several calls rang here and were not answered, so no more are sent to you. Come back when you are at your desk.',
    back: 'I am back',
    auto: 'missed calls'
  },
  dial: {
    title: 'Call a number',
    placeholder: 'Number or name',
    call: 'Call',
    yours: 'Your call: pick up',
    dials: 'Calling…',
    rings: 'Ringing at the client…',
    tests: 'Test call: you are the client',
    testRings: 'Test call',
    refused: '{{number}} was not dialled.',
    askedForNoCalls: 'This client asked not to be called. Be brief, and ask whether it still holds.'
  }
}
