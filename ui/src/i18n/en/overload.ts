/** Settings for more calls than can be carried. */
export const overloadTexts = {
  overload: {
    title: 'Too many calls at once',
    text: 'A machine carries only so many calls. Beyond that, new callers are turned away kindly, and talks in progress are not disturbed.',
    limits: 'When it is too many',
    maxCalls: 'Calls at once, in and out',
    maxCallsHelp:
      'The next call that comes in is beyond the limit. Carriers’ own limits stand with the trunks.',
    noLimit: 'No limit',
    isAutomatic: 'Also when the exchange is late',
    isAutomaticHelp:
      'With twenty calls or more, new ones are turned away while the exchange answers late for some seconds.',
    beyond: 'What new callers get',
    beyondText:
      'The message is heard before the call is answered: it costs nobody anything, and ends as busy. When too many hear it already, further calls are refused at once, so that the carrier can send them elsewhere.',
    answer: 'First',
    answers: {
      message: 'The message that too many people are calling',
      group: 'The fallback group, then the message'
    },
    group: 'Fallback group',
    noGroup: 'None',
    groupHelp:
      'It is also rung while Ringtrace itself restarts. Without one, all operators are rung then, and nobody beyond the limit.'
  }
}
