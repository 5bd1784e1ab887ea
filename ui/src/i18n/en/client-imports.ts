export const clientImports = {
  clientImports: {
    title: 'Import of clients and deals',
    back: 'Clients',
    what: 'What',
    drop: 'Drop a file here',
    choose: 'Choose a file',
    limits: 'CSV or XLSX, up to 20 MB and 200,000 rows. Encoding and separator are found by themselves.',
    about: {
      contacts:
        'Names, numbers, mails, companies, tags and your own fields. Who is there already is found by number, then by mail.',
      deals:
        'Deals with their clients: name, amount, stage, days. The client is found by number or mail, or made.'
    },
    before: 'Imported before',
    file: 'File',
    stateHead: 'State',
    rows: 'Rows',
    countsHead: 'New / changed / refused',
    by: 'By',
    at: 'When',
    unnamed: 'File',
    things: {
      contacts: 'Clients',
      deals: 'Deals'
    },
    state: {
      read: 'Not taken yet',
      running: 'At work',
      stopped: 'Stopped',
      done: 'Done',
      undoing: 'Being undone',
      undone: 'Undone'
    },
    rowsCount_one: '{{count}} row',
    rowsCount_other: '{{count}} rows',
    columns: 'What the columns hold',
    column: 'Column {{number}}',
    leftOut: 'Left out',
    rules: 'Rules',
    duplicates: {
      contacts: 'A client who is there already',
      deals: 'A deal that is there already',
      update: 'Update with what the file says',
      skip: 'Leave as it is',
      make: 'Make once more'
    },
    owner: 'Responsible, where the file names nobody',
    noOwner: 'Nobody',
    preview: 'What will become of the rows',
    previewFirst: 'What will become of the first 500 rows',
    counts: {
      created: 'New: {{count}}',
      updated: 'Changed: {{count}}',
      skipped: 'Left as they are: {{count}}',
      refused: 'Refused: {{count}}'
    },
    row: {
      created: 'New',
      updated: 'Changed',
      skipped: 'Left',
      refused: 'Refused'
    },
    line: 'Line',
    becomes: 'Becomes',
    deal: 'Deal',
    client: 'Client',
    reach: 'Numbers and mails',
    company: 'Company',
    fault: {
      required: 'is needed',
      phone: 'is not a telephone number',
      email: 'is not a mail address',
      invalid: 'cannot be read',
      reference: 'does not exist here',
      noOne: 'no name, number or mail',
      twoContacts: 'numbers of two different clients',
      tooLong: 'is too long'
    },
    repeated: 'This very file has been imported before. Its rows will be found again as doubles.',
    forget: 'Forget the file',
    start_one: 'Take {{count}} row',
    start_other: 'Take {{count}} rows',
    result: 'How it goes',
    undoing: 'The import is being undone…',
    progress: '{{done}} of {{total}} rows',
    goesOn: 'You may leave this page: it goes on, and the tray of background work can stop it.',
    stopped: 'It was stopped in the middle. Go on with the rest, or undo what was taken.',
    undone:
      'Undone: {{contacts}} clients, {{deals}} deals and {{companies}} companies are gone, {{restored}} clients are as they were. Left because they were used since: {{kept}}.',
    refusedFile: 'Refused rows',
    goOn: 'Go on',
    undo: 'Undo the import',
    undoText:
      'What the import made will be deleted, what it changed will be as it was. What has been used since stays.',
    open: {
      contacts: 'Open the clients',
      deals: 'Open the deals'
    }
  }
}
