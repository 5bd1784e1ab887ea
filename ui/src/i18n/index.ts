import dayjs from 'dayjs'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { remember, remembered } from '../lib/storage.ts'
import type en from './en.ts'

export const locales = ['ru', 'en'] as const
export type Locale = (typeof locales)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'ui'
    resources: { ui: typeof en }
    returnNull: false
  }
}

const texts: Record<Locale, () => Promise<{ default: object }>> = {
  ru: () => import('./ru.ts'),
  en: () => import('./en.ts')
}

export function isLocale(value: string | null | undefined): value is Locale {
  return value === 'ru' || value === 'en'
}

function firstLocale(): Locale {
  const kept = remembered('locale')
  if (isLocale(kept)) return kept
  return navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en'
}

function apply(locale: Locale): void {
  dayjs.locale(locale)
  document.documentElement.lang = locale
}

/** Prepares texts in the language chosen in this browser, else in the browser's own. */
export async function startI18n(): Promise<void> {
  const locale = firstLocale()
  const loaded = await texts[locale]()
  apply(locale)
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    ns: ['ui'],
    defaultNS: 'ui',
    resources: { [locale]: { ui: loaded.default } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false
  })
}

/** Changes the language of the screen and keeps the choice in this browser. */
export async function changeLocale(locale: Locale): Promise<void> {
  if (!i18next.hasResourceBundle(locale, 'ui')) {
    const loaded = await texts[locale]()
    i18next.addResourceBundle(locale, 'ui', loaded.default)
  }
  remember('locale', locale)
  apply(locale)
  await i18next.changeLanguage(locale)
}
