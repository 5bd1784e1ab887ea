export const onec = {
  name: '1C:Enterprise (OData)',
  about:
    'Every call that is over becomes a document of 1C, with channel, source, record and rating. Which document and which fields, you decide.',
  fields: {
    url: {
      label: 'Address of the infobase',
      hint: 'As it is published on the web server, without /odata/standard.odata.',
      wrong: 'It must be like https://1c.example.com/base. Without https only in your own network.'
    },
    login: { label: 'User of 1C', hint: 'Better one of its own, with rights to this document only.' },
    password: { label: 'Password' },
    entity: {
      label: 'Where calls are written',
      hint: 'The name of a document (or catalog) with its prefix.',
      wrong: 'It must begin with Document_ or Catalog_, without spaces.'
    },
    fields: {
      label: 'What goes into which field of 1C',
      hint: 'What is empty is not sent. A field of a table goes with a slash: Table/Field. References (…_Key) only for the responsible person.',
      wrong:
        'Look through the names: the id of the call is needed, a reference (…_Key) is for the responsible person only, each field goes once; id, record and rating are not in a table.'
    },
    usersEntity: {
      label: 'Catalog of people',
      hint: 'The people of “Who is who” come from it.',
      wrong: 'It must begin with Catalog_ or Document_, without spaces.'
    },
    timeZone: {
      label: 'Time zone of the infobase',
      wrong: 'There is no such time zone. Write it like Europe/Moscow.'
    },
    locale: { label: 'Language of texts in the document' }
  },
  choices: {
    fields: {
      callId: 'Id of the call here (text)',
      at: 'When (date)',
      isIncoming: 'Incoming (yes or no)',
      client: 'The client’s phone',
      clientName: 'The client’s name',
      line: 'Our number',
      person: 'Responsible person (reference)',
      subject: 'Subject',
      note: 'All about the source as one text',
      channel: 'Channel',
      source: 'Source',
      campaign: 'Campaign',
      keyword: 'Keyword',
      page: 'Landing page',
      outcome: 'How it ended',
      talkSeconds: 'Talk, seconds (number)',
      waitSeconds: 'Wait, seconds (number)',
      record: 'Link to the record',
      rating: 'Rating (number)'
    },
    locale: { ru: 'Russian', en: 'English' }
  },
  steps: {
    publish: 'Open 1C for exchange',
    publishText:
      'Publish the infobase on a web server with the standard OData interface, and include the document of calls and the catalog of people in it.',
    fields: 'Add the fields that the document lacks',
    fieldsText:
      'A text field for the id of the call is needed: by it a call is written once. A usual configuration has no fields for channel and source either: add them as text (by an extension) or clear them below.',
    keys: 'Enter the access and look through the names',
    keysText:
      'The password is kept sealed. The check reads these fields: if one is not there, 1C will name it.'
  },
  sends: {
    create: 'After the call: a document with all that has a name in the table',
    change: 'Later: the link to the record (it opens for a year) and the rating, when they are there'
  },
  troubles: {
    login: '1C does not let this user in. Check the name, the password and the rights.',
    noLogin: 'There is no user of 1C yet: enter one.',
    notOData:
      'What answers at this address is not OData. The infobase is being updated or is not published: all waits.'
  }
}
