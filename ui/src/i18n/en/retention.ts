/** How long data is kept, in English. */
export const retentionTexts = {
  retention: {
    title: 'How long data is kept',
    text: 'In days. An empty field keeps it for good. What is older goes each night, for good: counts in reports stay as they are.',
    forGood: 'for good',
    part: { people: 'Clients', visitors: 'Visitors of sites', logs: 'Logs' },
    kind: {
      clients: 'Names and numbers of clients who are silent',
      forms: 'What was written into forms',
      messages: 'Mails and messages',
      recordings: 'Recordings',
      visits: 'Visits',
      touchpoints: 'Touchpoints',
      exchanges: 'Exchanges of webhooks and connectors',
      audit: 'Audit'
    },
    help: {
      clients:
        'Counted from the last call, message, task or note. Their names, numbers and mails become marks that lead nowhere, in the journal too, and their recordings go, as when a client is erased by hand. Whoever has a deal, an open inquiry or task stays. At most 300 a night. At least 30 days.',
      forms: 'Name, number, mail and text; that a form came, when and from where stays.',
      messages: 'With their files.',
      recordings: 'Only the sound; the calls stay in the journal.',
      visits: 'Pages and events of visitors. At least 30.',
      touchpoints: 'Sources of visits, among which reports share calls. Not shorter than visits.',
      exchanges: 'Requests and answers. 30 at most.',
      audit: 'Who did what. At least 90.'
    },
    tonight: {
      title: 'What goes tonight',
      text: 'By the periods that are saved. Nothing is deleted when you count.',
      count: 'Count',
      nothing: 'Nothing: no data is past its time.'
    },
    space: {
      title: 'Space for recordings',
      text: 'When finished recordings take more, the oldest are deleted for good, every quarter of an hour, until the others fit. Their calls stay in the journal.',
      quota: 'At most, GB',
      none: 'as much as the disk holds',
      now: 'Now: {{size}}, recordings: {{recordings}}'
    },
    sealing: {
      title: 'Encryption of recordings',
      text: 'Finished recordings lie on the disk and in backups encrypted (AES-256); they play, are sent and downloaded as before. Keep the key apart from backups: SECRET_KEY, or the file secret.key. Without it nobody can hear them again.',
      isOn: 'Encrypt recordings on the disk',
      isOnHelp:
        'Those that lie there already are encrypted in the background. Switched off, what is encrypted stays so.',
      now: 'Encrypted: {{sealed}}, not encrypted: {{plain}}',
      locked:
        'Without their key: {{locked}}. These recordings do not play: put the key with which they were encrypted after the present one in SECRET_KEY or secret.key, and start again.'
    }
  }
}
