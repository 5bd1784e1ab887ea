import type { TFunction } from 'i18next'
import { emptyDraft, settingsFor, type Draft, type Preset } from './draft.ts'

/** Rules that many companies want, in the words of the reader; switched off until they have been looked at. */
export function presetOf(preset: Preset, t: TFunction): Draft {
  const name = t(`automation.preset.${preset}.name`)
  const base = { ...emptyDraft, name, isActive: false }
  const text = (part: 'task' | 'text' | 'subject'): string =>
    t(`automation.preset.${preset}.${part}` as 'automation.preset.thanks.text', {
      // Variables of ours stand in the same braces as those of the dictionary.
      interpolation: { skipOnVariables: true, prefix: '[[', suffix: ']]' }
    })
  switch (preset) {
    case 'missedAtNight':
      return {
        ...base,
        trigger: 'missedCall',
        groups: [
          { match: 'all', conditions: [{ kind: 'time', is: true, days: [], from: '20:00', to: '09:00' }] }
        ],
        actions: [
          {
            kind: 'createTask',
            title: text('task'),
            note: null,
            for: { kind: 'responsible' },
            dueMinutes: 720
          },
          { kind: 'sendSms', text: text('text'), isMarketing: false }
        ],
        limitTimes: 1
      }
    case 'noAnswer':
      return {
        ...base,
        trigger: 'inquiryUnanswered',
        settings: settingsFor('inquiryUnanswered'),
        actions: [{ kind: 'notify', to: { kind: 'supervisors' }, text: text('text'), emails: [] }]
      }
    case 'thanks':
      return {
        ...base,
        trigger: 'dealWon',
        actions: [{ kind: 'sendMail', subject: text('subject'), text: text('text'), isMarketing: false }],
        limitTimes: 1
      }
    case 'lowRating':
      return {
        ...base,
        trigger: 'callRated',
        settings: settingsFor('callRated'),
        actions: [{ kind: 'notify', to: { kind: 'supervisors' }, text: text('text'), emails: [] }],
        limitTimes: 5
      }
  }
}
