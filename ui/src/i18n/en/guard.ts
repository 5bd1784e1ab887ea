/** Bans of SIP, and people whose dialling is stopped. */
export const guardTexts = {
  guard: {
    cause: {
      unknown_user: 'Tried users that do not exist',
      wrong_password: 'Tried wrong passwords',
      by_hand: 'Banned by hand'
    },
    bans: {
      text: 'Addresses that guess users and passwords over SIP are refused before anything else is looked at. Calls of your carriers and telephones go on.',
      add: 'Ban an address',
      ban: 'Ban',
      which: 'Which bans',
      active: 'Standing',
      over: 'Ended',
      none: 'No address is banned now. Scanners that guess appear here by themselves.',
      noneOver: 'No ban has ended yet.',
      address: 'Address',
      why: 'Why',
      since: 'Since',
      until: 'Until',
      ended: 'Ended',
      forGood: 'Until you lift it',
      again_one: 'ban {{count}}',
      again_other: 'ban {{count}}',
      tries_one: '{{count}} try',
      tries_other: '{{count}} tries',
      names: 'as {{names}}',
      lift: 'Unban',
      lifted: '{{address}} may come again',
      liftedBy: 'Lifted by {{name}}',
      added: '{{address}} is banned',
      hours: 'For how many hours',
      hoursHelp: 'Empty: until you lift it.',
      note: 'Note'
    },
    rules: {
      title: 'When an address is banned',
      text: 'It answers a scanner with a bare refusal, the same for every user it tries.',
      when: 'Rule',
      isOn: 'Ban by itself',
      tries: 'After so many refused tries',
      withinSeconds: 'Within so many seconds',
      firstBanMinutes: 'First ban, minutes',
      growing: 'Each next ban within 30 days is four times as long.',
      longestBanHours: 'Longest ban, hours',
      never: 'Never banned',
      neverText:
        'Your trunks, this server, telephones that are registered, and addresses from which admins are signed in are never banned. Add offices and home workers here.',
      allowed: 'Addresses and networks',
      alarm: 'Alarm',
      alarmAfterBans: 'Tell admins at so many bans within an hour',
      noAlarm: 'never'
    },
    stops: {
      text: 'A stolen password or telephone is used to dial costly numbers, many at once. Such dialling is stopped by itself until an admin lifts it; everybody else calls on.',
      rules: 'Limits are in the dialling rules.',
      which: 'Which stops',
      active: 'Standing',
      over: 'Lifted',
      none: 'Nobody is stopped.',
      noneOver: 'No stop has been lifted yet.',
      who: 'Who',
      why: 'Why',
      at: 'Stopped',
      liftedAt: 'Lifted',
      tries_one: '{{count}} refused',
      tries_other: '{{count}} refused',
      lift: 'Let dial again',
      liftText:
        '{{name}} may dial again at once. Was the account stolen? Then first change the password, end the sessions, and give the telephones new passwords.',
      lifted: '{{name}} may dial again',
      reason: {
        prefix_blocked: 'Many tries to dial blocked numbers',
        country_not_allowed: 'Many tries to dial countries that may not be called',
        concurrency_cap: 'Many tries beyond the limit of calls at once',
        user_minute_cap: 'Too many calls within a minute',
        user_costly_cap: 'Minutes to costly numbers used up'
      }
    },
    dial: {
      title: 'Against theft',
      text: 'Whoever goes beyond these is stopped until an admin lifts it. Emergency numbers always go out.',
      userCallsPerMinute: 'Calls a minute, each person',
      userCostlyMinutesPerDay: 'Costly minutes a day, each person',
      companyCostlyMinutesPerDay: 'Costly minutes a day, company',
      costly: 'Costly beginnings of numbers',
      costlyHelp: 'Numbers abroad are costly anyway.',
      stopAfterRefusals: 'Stop a person after so many refused calls in ten minutes',
      mails: 'Letters of alarms to',
      mailsHelp: 'Besides admins who have switched letters on.'
    }
  }
}
