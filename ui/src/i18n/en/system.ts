import { audit } from './audit.ts'

/** The system page, in English. */
export const system = {
  system: {
    title: 'System',
    text: 'How this installation stands, and what needs you.',
    allWell: 'All is well',
    needsYou_one: '{{count}} thing needs you',
    needsYou_other: '{{count}} things need you',
    since: 'Running since {{at}}',
    lookAgain: 'Look again',
    bundle: 'Download diagnostics',
    bundleHelp: 'State, log and sizes in one file for whoever helps you. No client data, no passwords.',
    state: { ok: 'Fine', warning: 'Look at it', failed: 'Broken', unknown: 'Cannot be told' },
    checks: {
      database: {
        title: 'Database',
        ok: 'Answers.',
        away: 'Does not answer. Calls go on; start PostgreSQL again, or free its disk.'
      },
      asterisk: {
        title: 'Telephony',
        ok: 'Asterisk answers.',
        degraded: 'Asterisk is coming back: calls are being compared.',
        failed:
          'Asterisk does not answer: no calls. It is started again by itself; if this stays, restart Ringtrace.',
        unknown: 'Not known here.'
      },
      trunks: {
        title: 'Trunks',
        ok: 'Connected: {{count}}.',
        none: 'There is no trunk yet: add one under Incoming → Trunks, so that calls can come.',
        down: 'Not connected: {{names}}. Check login, password and address of the carrier.',
        registering: 'Registering: {{names}}.',
        refused: 'A part of the settings was refused by Asterisk.'
      },
      tape: {
        title: 'Record of calls',
        ok: 'Everything is written down.',
        degraded: 'Waits for the database; nothing is lost.',
        failed: 'Another copy of Ringtrace works with this database. Stop one of them.',
        unknown: 'Not known here.'
      },
      load: {
        title: 'Load',
        ok: 'All calls are carried.',
        degraded:
          'Overloaded: new calls are turned away, talks go on. See Calls in → Too many calls; a bigger machine carries more.',
        failed: 'Cannot be measured.',
        unknown: 'Not known here.'
      },
      disk: {
        title: 'Disk',
        ok: '{{free}} of {{total}} free.',
        low: 'Only {{free}} of {{total}} free. Free some space or shorten how long recordings are kept.',
        full: 'Full: {{free}} left. New recordings have stopped, calls go on. Free some space now.',
        unknown: 'Cannot be read.'
      },
      growth: {
        title: 'Room for recordings',
        ok: 'Lasts about {{days}} days at {{perDay}} a day.',
        enough: 'Room for years: {{perDay}} a day.',
        still: 'Nothing was recorded in the last week.',
        soon: 'Lasts about {{days}} days at {{perDay}} a day. Add disk, or keep recordings for a shorter time.'
      },
      backup: {
        title: 'Backup',
        ok: 'The last one: {{at}}.',
        byHand: 'The last one: {{at}}. Switch the daily backup on below.',
        never: 'There is none. Make one now, and switch the daily backup on below.',
        old: 'The last one is {{days}} days old. Make one now.'
      },
      jobs: {
        title: 'Background work',
        ok: 'Waiting: {{count}}.',
        failed: 'Failed within a day: {{count}}. See the reasons under the background work button.',
        stuck: '{{count}} tasks wait for {{minutes}} minutes. Restart Ringtrace if this stays.',
        unknown: 'Not known here.'
      },
      webhooks: {
        title: 'Webhooks',
        ok: 'Working: {{count}}.',
        none: 'None are set up.',
        late: '{{count}} messages wait for {{minutes}} minutes: a receiver does not answer.',
        disabled: 'Switched off after days of failures: {{count}}. See Webhooks.',
        unknown: 'Not known here.'
      },
      https: {
        title: 'HTTPS and certificate',
        ok: 'The certificate is valid for {{days}} more days.',
        none: 'People come by plain http: browsers give no microphone except on this machine. Set TLS=on, or PUBLIC_URL to the https address of a proxy (docs/tls.md).',
        unseen: 'The https address does not answer from here.',
        ended: 'The certificate has ended: browsers refuse to open the page. Renew it.',
        ends: 'The certificate ends in {{days}} days. Renew it.',
        broken:
          'The new certificate cannot be used; the old one stays, for {{days}} more days. Set the files right: they are read again by themselves.',
        selfSigned:
          'The certificate is self-signed: browsers warn at the first visit. Bring one of your own under Settings → Certificate.',
        otherName:
          'The certificate does not name the host of PUBLIC_URL, so browsers refuse it. Have one made for that name.',
        untrusted: 'Browsers do not trust the certificate; it is valid for {{days}} more days.'
      },
      ways: {
        title: 'Address and proxy',
        ok: 'Nothing unusual was seen.',
        noUpgrade:
          'The proxy at {{address}} does not pass WebSockets on: no telephones in browsers, and screens are late. Set it up as docs/tls.md shows.',
        strangerProxy:
          'A proxy at {{address}} says for whom it speaks, but is not trusted. If it is yours, set TRUST_PROXY={{address}}; else everybody looks like one visitor.',
        httpsProxy:
          'People come by https through {{address}}, but PUBLIC_URL says http. Write https in PUBLIC_URL.',
        plainProxy: 'The proxy at {{address}} lets people in by plain http. Have it send them on to https.',
        silentProxy:
          'The proxy at {{address}} does not say whether people come by https. Have it send X-Forwarded-Proto, or set PUBLIC_URL.',
        httpPublicUrl: 'This machine speaks https, but PUBLIC_URL is {{url}}. Write https in PUBLIC_URL.'
      },
      clock: {
        title: 'Clock',
        ok: 'Kept right by the network.',
        free: 'Nothing keeps it right: switch time synchronisation on (timedatectl set-ntp true).',
        databaseOff: 'The database has another time, by {{seconds}} s. Synchronise both clocks.',
        unknown: 'Cannot be told from here.'
      }
    },
    disk: {
      title: 'Disk',
      recordings: 'Recordings',
      database: 'Database',
      other: 'Everything else',
      free: 'Free',
      daysLeft_one: 'Room for recordings: about {{count}} day',
      daysLeft_other: 'Room for recordings: about {{count}} days',
      enough: 'Room for recordings: for years',
      perDay: 'They grow by {{size}} a day.',
      kept_one: 'Each is kept for {{count}} day.',
      kept_other: 'Each is kept for {{count}} days.',
      keptForEver: 'They are kept for ever.',
      noForecast: 'No forecast: nothing was recorded in the last week'
    },
    versions: {
      title: 'Versions',
      product: 'Ringtrace',
      schema: 'Tables',
      asterisk: 'Asterisk',
      postgres: 'PostgreSQL',
      node: 'Node.js',
      system: 'System'
    },
    backups: {
      title: 'Backups',
      text: 'One file with everything: people, numbers, schemes, calls, clients, prompts and, if you wish, recordings. It also holds all passwords and keys: keep it where strangers cannot read it.',
      make: 'Make a backup',
      makeWith: 'With recordings',
      started: 'The backup is being made: see it in the background work.',
      going: 'A backup is being made',
      none: 'No backups yet',
      noneText: 'Make the first one now: it takes seconds while there are few calls.',
      name: 'File',
      made: 'Made',
      size: 'Size',
      has: 'In it',
      rows: '{{rows}} rows, {{files}} files',
      withRecordings: 'with recordings',
      withoutRecordings: 'without recordings',
      by: { person: 'by hand', schedule: 'daily', command: 'by command', upgrade: 'before an upgrade' },
      download: 'Download {{name}}',
      delete: 'Delete {{name}}',
      deleteText: 'Delete {{name}} from the server? It cannot be brought back.',
      deleted: 'The backup is deleted',
      fingerprint: 'Fingerprint',
      daily: 'Every day',
      hour: 'At',
      keep: 'Keep',
      keepHelp: 'Older daily ones are deleted; those made by hand stay.',
      restore: 'How to restore',
      restoreText: 'On the machine of the new or repaired installation:',
      restoreStop: 'Stop Ringtrace (Ctrl-C).',
      restoreRun: 'Restore. An installation with something in it needs --replace as well.',
      restoreStart: 'Start it again. Everybody signs in anew.',
      restoreSafe:
        'The file is checked to its end before anything is changed; then everything changes, or nothing.'
    },
    log: {
      title: 'Log',
      text: 'The last lines since the start, without names, numbers and addresses.',
      none: 'Nothing to tell since the start.',
      noneOfLevel: 'Nothing of this kind since the start.',
      least: 'Which lines',
      from: { info: 'Everything', warn: 'Warnings and errors', error: 'Errors' },
      again: 'Read again',
      download: 'Download',
      more: 'Show more',
      level: { info: 'info', warn: 'warning', error: 'error' }
    },
    notes: {
      title: 'What is new',
      since: 'Since the update to {{version}} on {{at}}.',
      version: 'In version {{version}}.',
      more: 'Show all ({{count}})'
    },
    audit
  }
}
