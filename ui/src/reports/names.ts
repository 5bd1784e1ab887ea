import i18next from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { inquiryChannels } from '../lib/words.ts'
import type { Level } from './tree.ts'

/** What a row of the tree is called. Unattributed is said as such, and an empty value as "not given". */
export function useNames(): (level: Level, key: string) => string {
  const { t } = useTranslation()
  return useCallback(
    (level, key) => {
      if (key === '') return t('reports.notGiven')
      if (level !== 'inquiryChannel') return key
      if (key === 'unknown') return t('reports.unattributed')
      const channel = inquiryChannels.find((each) => each === key)
      return channel ? t(`inquiryChannel.${channel}`) : key
    },
    [t]
  )
}

/** A day of the week, 1 = Monday, in the reader's language. */
export function weekdayName(weekday: number, style: 'short' | 'long'): string {
  // The first of January 2024 was a Monday.
  return new Intl.DateTimeFormat(i18next.language, { weekday: style, timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, weekday)
  )
}

/** A day with its day of the week: `Mo, 3 Nov`. */
export function dayName(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short'
  }).format(new Date(`${day}T00:00:00Z`))
}
