export const lptracker = {
  name: 'LPTracker',
  about:
    'Contacts and leads with the source that brought them; each call and form is a comment there, with rating and recording.',
  fields: {
    project: {
      label: 'Number of the project',
      hint: 'It stands in the address of the project’s page.',
      wrong: 'This must be a number.'
    },
    login: { label: 'Login (mail)' },
    password: { label: 'Password' },
    isCreating: { label: 'Make a lead of a client who has no open one' },
    isSendingForms: { label: 'Send forms of our sites' },
    isSendingRecords: {
      label: 'Give a link to the recording',
      hint: 'It opens without a login, and only for as long as you say below.'
    },
    recordDays: { label: 'Links to recordings open for, days', wrong: 'From 1 to 3650 days.' },
    closedStages: {
      label: 'Stages of the funnel where a lead is over',
      hint: 'Their names, with commas. A client whose leads are all there gets a new one.'
    }
  },
  steps: {
    person: 'Make a user for us in LPTracker',
    personText:
      'A user of its own, with access to the project only: then you can take the access away without changing anybody’s password.',
    keys: 'Bring its login and password here',
    keysText: 'They are kept sealed and are never shown again.'
  },
  sends: {
    lead: 'A new client: a contact, and a lead with the visit it came from',
    call: 'Each call: a comment at the open lead with who talked, how long, rating, source, recording',
    form: 'Each form: a comment at the open lead'
  },
  troubles: {
    login: 'LPTracker does not take our login any more.',
    wrongPassword: 'LPTracker does not take this login and password.',
    notInstalled: 'There is no login yet.'
  }
}
