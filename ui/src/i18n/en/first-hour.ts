/** What tells of the first hour outside of its wizard, in English. */
export const firstHour = {
  firstHour: {
    title: 'The first hour',
    step: {
      company: 'You and the company',
      address: 'Address and sound',
      trunk: 'Carrier',
      number: 'Number',
      scheme: 'Way of calls',
      people: 'Operators',
      tryout: 'First call',
      end: 'Done'
    },
    offer: 'Set up your telephones',
    offerText: 'Still to do: {{steps}}.',
    offerLeft_one: '{{count}} step left',
    offerLeft_other: '{{count}} steps left',
    offerGo: 'Go on with the setup',
    offerHide: 'Hide',
    offerHidden: 'It stays under Settings → First hour.'
  }
}
