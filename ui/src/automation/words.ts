import { useTranslation } from 'react-i18next'
import { outcomes } from '../../../api/contract/words.ts'

/** Why something was left out, put off or stopped; a sentence of a server stands as it is. */
export const knownNotes = [
  'gone',
  'noClient',
  'noAddress',
  'noPhone',
  'noEmail',
  'noWay',
  'noDeal',
  'nothingToOwn',
  'refused',
  'noConsent',
  'nobody',
  'notSetUp',
  'unknownTarget',
  'quiet',
  'stopped',
  'conditions',
  'loop',
  'depth',
  'limit',
  'tooLate'
] as const

export function useNote(): (note: string) => string {
  const { t } = useTranslation()
  return (note) => {
    const known = knownNotes.find((each) => each === note)
    return known ? t(`automation.note.${known}`) : note
  }
}

const states = ['new', 'inWork', 'accepted', 'closed', 'spam', 'open', 'done', 'cancelled'] as const

/** Beside a thing that a rule is tried out on: an outcome, a rating, a state; a stage is called as it is called. */
export function useDetail(): (detail: string | null) => string | null {
  const { t } = useTranslation()
  return (detail) => {
    const outcome = outcomes.find((each) => each === detail)
    if (outcome) return t(`outcome.${outcome}`)
    const state = states.find((each) => each === detail)
    if (state) return t(`automation.sampleState.${state}`)
    return detail !== null && /^\d+$/.test(detail) ? t('automation.rated', { rating: detail }) : detail
  }
}

export const runColours = {
  done: 'pine',
  waiting: 'amber',
  failed: 'rust',
  skipped: 'gray',
  stopped: 'amber'
} as const
export const stepColours = {
  done: 'pine',
  pending: 'amber',
  begun: 'amber',
  failed: 'rust',
  unknown: 'rust',
  skipped: 'gray'
} as const
