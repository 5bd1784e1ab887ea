import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Style } from './figures.ts'

/** How figures are written here; before the first answer tells the currency, as most of our users have it. */
export function useStyle(currency: string | undefined): Style {
  const { i18n } = useTranslation()
  return useMemo(() => ({ locale: i18n.language, currency: currency ?? 'RUB' }), [i18n.language, currency])
}
