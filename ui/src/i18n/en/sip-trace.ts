/** What was said in SIP, and what it means. */
export const sipTraceTexts = {
  sipTrace: {
    title: 'SIP messages',
    us: 'Ringtrace (we)',
    stranger: 'Unknown',
    messages: 'SIP messages in order; Enter opens one',
    save: 'Save as a text file',
    show: 'Show the message',
    after: { ms: '+{{time}} ms', seconds: '+{{time}} s' },
    repeats: '×{{count}} again',
    deaf: 'SIP messages cannot be seen on this server: the trace is switched off (SIP_TRACE=0), or its port is taken. The log says which.',
    test: {
      start: 'Test the connection',
      again: 'Test again',
      running: 'Testing…',
      about:
        'Asks the carrier for a sign of life and registers anew. For about a second the carrier may not put calls through.',
      at: 'Last test at {{time}}',
      steps: 'Steps of the test',
      passed: 'The connection works.',
      failed: 'The connection does not work yet.'
    },
    step: {
      settings: 'The trunk is with the telephone exchange',
      address: 'The carrier’s address is found',
      options: 'The carrier answers',
      register: 'The carrier takes the login and password'
    },
    stepState: { running: 'under way', failed: 'failed', skipped: 'not tried' },
    problem: {
      inactive: 'The trunk is switched off.',
      exchange_down: 'The telephone exchange does not answer.',
      not_in_asterisk: 'The telephone exchange does not take these settings.',
      dns_failed: 'The carrier’s address is not found.',
      nothing_sent: 'Nothing could be sent to the carrier.'
    },
    problemAdvice: {
      inactive: 'Switch it on and test again.',
      exchange_down: 'It may be restarting: wait a minute and test again. The page “System” shows its state.',
      not_in_asterisk: 'Check the address and the port. {{detail}}',
      dns_failed: 'Check the spelling of the server, and that this machine can ask DNS ({{detail}}).',
      nothing_sent:
        'The address {{detail}} is known, but no connection comes about. Check the port and the transport, and the firewall of this machine.'
    },
    finding: {
      registered: 'The carrier has taken the registration.',
      alive: 'The carrier answers: {{status}} {{reason}}.',
      call_answered: 'The call was answered.',
      no_answer: 'No answer to {{method}} from {{address}}:{{port}} ({{transport}}), asked {{tries}} times.',
      wrong_password: 'Wrong login or password: the carrier refuses “{{user}}”.',
      no_credentials: 'The carrier wants a login and password, and the trunk has none that fit.',
      forbidden: 'The carrier forbids it: {{status}} {{reason}}.',
      forbidden_us: 'We forbade it: {{status}} {{reason}}.',
      not_found: 'The carrier does not know the number {{number}} ({{status}} {{reason}}).',
      not_found_us: 'Nobody here has the number {{number}} ({{status}} {{reason}}).',
      timed_out: 'The carrier gave up waiting: {{status}} {{reason}}.',
      timed_out_us: 'The call rang too long here: {{status}} {{reason}}.',
      codec_mismatch: 'No common codec: {{status}} {{reason}}.',
      encryption_mismatch: 'One side wants encrypted sound, the other does not: {{status}} {{reason}}.',
      tls_needed: 'The carrier wants an encrypted connection (TLS): {{status}} {{reason}}.',
      too_brief: 'The carrier wants longer registrations: at least {{seconds}} s.',
      busy: 'Busy: {{status}} {{reason}}.',
      declined: 'The call was declined: {{status}} {{reason}}.',
      unavailable: 'Cannot be reached now: {{status}} {{reason}}.',
      server_error: 'An error at the carrier: {{status}} {{reason}}.',
      server_error_us: 'An error here: {{status}} {{reason}}.',
      refused: 'The carrier refuses {{method}}: {{status}} {{reason}}.',
      refused_us: 'We refused {{method}}: {{status}} {{reason}}.',
      redirected: 'The carrier sends us elsewhere: {{status}} {{reason}}.',
      unknown_source:
        'A call from {{address}} to {{number}} was not let in: this address belongs to no trunk.',
      caller_left: 'The caller hung up before anybody answered.',
      caller_left_us: 'We stopped ringing before anybody answered.',
      no_ack: 'Our answer to the call was never confirmed (no ACK).',
      no_ack_us: 'We never confirmed the answer to our call (no ACK).',
      bye_unanswered: 'The end of the call was not confirmed by us.',
      bye_unanswered_us: 'The end of the call was not confirmed by the other side.',
      nat_private_address:
        'We tell {{peer}} an address that leads nowhere from outside: {{address}} in {{place}}.',
      nat_seen_differently: 'The carrier sees us as {{seen}}, and we call ourselves {{told}}.',
      nat_private_media: 'The other side wants its sound at {{address}}, which cannot be reached from here.'
    },
    advice: {
      registered: 'Calls to your numbers can come in. It is renewed by itself.',
      no_answer:
        'Check the address, the port and the transport with the carrier, and that the firewall lets SIP through. Some carriers answer only addresses that they know: tell them the public address of this server.',
      wrong_password:
        'Copy login and password again from the carrier’s cabinet. Often the SIP password is another one than that of the cabinet.',
      no_credentials: 'Put the login and password from the carrier into the trunk.',
      forbidden:
        'The login is known, but is not allowed to do this: blocked, unpaid, or bound to another address. Ask the carrier, and send them the text file.',
      forbidden_us: 'Look at the rules of the trunk and at the list of blocked callers.',
      not_found:
        'Check how the carrier wants numbers written: with + or without, with the country code or without.',
      not_found_us: 'Add the number under “Numbers”, or check in which header the carrier tells it.',
      timed_out: 'Try again; if it stays so, ask the carrier.',
      timed_out_us: 'Nobody answered in time.',
      codec_mismatch:
        'Offered: {{offered}}. Wanted: {{wanted}}. Choose a codec in the trunk that the carrier has; alaw nearly always fits.',
      codec_mismatch_us: 'Offered by the carrier: {{offered}}. Add one of these to the codecs of the trunk.',
      encryption_mismatch:
        'Set encryption of sound (SRTP) in the trunk as the carrier asks for it, or switch it off on both sides.',
      tls_needed: 'Choose TLS as the transport, and the port for it (usually 5061).',
      too_brief: 'Nothing to do: we ask again by ourselves with the longer time.',
      unavailable: 'The number is out of reach, or the carrier is overloaded. Try again in some minutes.',
      server_error: 'The fault is with the carrier. Try again; if it stays so, send them the text file.',
      server_error_us: 'Look at the page “System” and at the log.',
      refused: 'Ask the carrier about this answer, and send them the text file.',
      refused_us: 'Look at the rules of the trunk, and at the log.',
      redirected: 'Put the address that the carrier names into the trunk.',
      unknown_source: 'If it is your carrier, add {{address}} to the allowed addresses of the trunk.',
      no_ack:
        'The caller does not get our answer, and the call ends after half a minute. Check the firewall, and the public address (Settings → System).',
      no_ack_us: 'This is a fault of this program: save the text file and report it.',
      bye_unanswered: 'Not bad for the call; the carrier may count it as longer.',
      nat_private_address:
        'Set the public address of this server (Settings → System): otherwise there may be silence, or no calls in.',
      nat_seen_differently:
        'This server stands behind NAT. Set {{seen}} as the public address (Settings → System).',
      nat_private_media:
        'Usually sound finds its way all the same. If one side hears nothing, ask the carrier to send its public address.'
    },
    switch: {
      title: 'Keep SIP messages of calls',
      about: 'Kept for 7 days, without passwords. For a carrier’s support, or when calls fail.',
      on: 'Kept until {{time}}',
      by: '{{time}}, switched on by {{name}}',
      off: 'Switch off',
      start: 'Switch on',
      minutes: 'For how long',
      for: { hour: '1 hour', shift: '8 hours', day: '24 hours' }
    },
    registration: {
      title: 'Last registration',
      none: 'Nothing was heard of a registration yet. Test the connection.'
    },
    call: {
      title: 'SIP',
      none: 'The SIP messages of this call were not kept.',
      running: 'Keep those of this call',
      next: 'Keep those of the next calls with {{number}} for an hour'
    }
  }
}
