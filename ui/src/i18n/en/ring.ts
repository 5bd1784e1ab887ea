/** What is known of a client while their call rings, in English. */
export const ring = {
  ring: {
    yourClient: 'Your client',
    clientOf: 'Client of {{name}}',
    firstCall: 'First call',
    callsBefore: 'Calls before: {{count}}',
    manyCalls: 'Calls before: more than 999',
    lastContact: 'Last contact',
    in: 'Incoming',
    out: 'Outgoing',
    form: 'Form on the site',
    callback: 'Callback ordered',
    mail: 'Letter',
    message: 'Message',
    manual: 'Inquiry',
    deal: 'Open deal',
    dealOf: 'With {{name}}',
    note: 'Note on the client',
    landing: 'Came to the page',
    page: 'Called from the page'
  }
}
