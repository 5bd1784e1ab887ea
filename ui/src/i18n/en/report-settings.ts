/** Settings of reports: mail, rules, history, in English. */
export const reportSettings = {
  reportSettings: {
    mail: {
      title: 'Mail server',
      text: 'Reports are sent through it. Ask whoever keeps your mail for these lines.',
      server: 'Server',
      host: 'Host',
      port: 'Port',
      security: 'Encryption',
      securities: {
        starttls: 'STARTTLS (usual with port 587)',
        tls: 'TLS (usual with port 465)',
        none: 'None'
      },
      account: 'Account',
      accountText: 'Leave the user empty if the server takes mail from this machine without a password.',
      user: 'User',
      password: 'Password',
      passwordHelp: 'Empty: the one that is kept stays. It is never shown.',
      from: 'Sender',
      test: 'Try it',
      testText: 'Sends a short message with the settings as saved.',
      testTo: 'To',
      testSend: 'Send a test message',
      testOk: 'The server took the message. Look into the inbox, and into spam.',
      reasons: {
        notSetUp: 'Fill in and save the server first.',
        nameNotFound: 'There is no server of this name: check the host.',
        refused: 'The server does not take connections on this port.',
        timeout: 'The server does not answer: check host, port and firewall.',
        tls: 'No safe connection: check the encryption and the server’s certificate.',
        noStarttls: 'The server offers no STARTTLS: choose another encryption.',
        badLogin: 'The server does not accept this user and password.',
        senderRefused: 'The server does not accept this sender.',
        recipientRefused: 'The server does not accept this recipient.',
        relayDenied: 'The server does not send mail to other domains for us: give a user and a password.',
        other: 'The message could not be sent.'
      }
    },
    rules: {
      title: 'Report rules',
      text: 'By these rules calls are counted. A change goes for new calls at once, and for old ones when history is counted again.',
      flags: 'Which calls count as what',
      targetSeconds: 'A target call lasts at least, seconds',
      targetSecondsHelp: 'Spam and repeat calls are never target calls.',
      saleCycleDays: 'Days of a sale',
      saleCycleDaysHelp: 'A client who had a target call within so many days before calls again: a repeat.',
      uniqueDays: 'Unique within, days',
      uniqueDaysHelp: 'The first call of a client in so many days is unique.',
      count: 'How it is counted',
      isPerSite: 'Each site for itself',
      isPerSiteHelp: 'A client known on one site is new on another.',
      currency: 'Currency',
      currencyHelp: 'Three letters, such as RUB or EUR. Costs and deals in others are converted.'
    },
    history: {
      title: 'Count history again',
      text: 'Works in the background; calls and reports go on meanwhile.',
      rebuild: 'Figures',
      rebuildText: 'Flags of calls and all sums, after a change of these rules.',
      recompute: 'Attribution',
      recomputeText:
        'Which visit each call came from and the credits of all models, after a change of sites or sources.',
      start: 'Count again',
      progress: '{{done}} of {{total}}',
      waiting: 'Waiting for its turn…',
      done: 'Done: reports show the new figures.',
      cancelled: 'Cancelled. Some figures are already new; start again to finish.',
      failed: 'It did not work:'
    }
  }
}
