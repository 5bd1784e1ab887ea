/** The banner that tells of an update, in English. */
export const updates = {
  updates: {
    updated: 'Ringtrace was updated from {{previous}} to {{version}}',
    same: 'Ringtrace {{version}} has news',
    look: 'What is new',
    hide: 'Hide',
    later: 'It can be read again later:',
    system: 'Settings → System'
  }
}
