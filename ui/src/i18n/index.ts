import dayjs from 'dayjs'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { remember, remembered } from '../lib/storage.ts'
import type en from './en.ts'
import { first, later, type Part, type Texts } from './parts.ts'

export const locales = ['ru', 'en'] as const
export type Locale = (typeof locales)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'ui'
    resources: { ui: typeof en }
    returnNull: false
  }
}

/** The language shown, or the one being changed to: what is fetched meanwhile is fetched in it too. */
let wanted: Locale = 'ru'
/** Parts that some page has asked for: a new language needs them as well. */
const asked = new Set<Part>()
const loading = new Map<string, Promise<void>>()

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

async function load(locale: Locale, part: Part | 'first'): Promise<void> {
  const texts: Texts = await (part === 'first' ? first[locale]() : later[locale][part]())
  for (const areas of Object.values(texts)) i18next.addResourceBundle(locale, 'ui', areas, true, true)
}

/** Each part is fetched once; one that could not be fetched is tried again by the next who asks. */
function once(locale: Locale, part: Part | 'first'): Promise<void> {
  const key = `${locale} ${part}`
  let found = loading.get(key)
  if (!found) {
    found = load(locale, part)
    loading.set(key, found)
    found.catch(() => loading.delete(key))
  }
  return found
}

/** Prepares texts in the language chosen in this browser, else in the browser's own. */
export async function startI18n(): Promise<void> {
  wanted = firstLocale()
  apply(wanted)
  await i18next.use(initReactI18next).init({
    lng: wanted,
    fallbackLng: false,
    ns: ['ui'],
    defaultNS: 'ui',
    resources: {},
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false
  })
  await once(wanted, 'first')
}

/** Changes the language of the screen and keeps the choice in this browser. */
export async function changeLocale(locale: Locale): Promise<void> {
  wanted = locale
  await Promise.all([once(locale, 'first'), ...[...asked].map((part) => once(locale, part))])
  // Somebody has changed their mind meanwhile.
  if (wanted !== locale) return
  remember('locale', locale)
  apply(locale)
  await i18next.changeLanguage(locale)
}

/**
 * Makes `import()` of a lazy page wait for the page's texts, so that nobody sees a key. What the sources of the page
 * use is counted by test/ui/i18n-parts.test.ts.
 * @param parts the files of texts that the page needs beside those of the first load
 * @param page the page's `import()`
 */
export function withTexts<T>(parts: readonly Part[], page: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (const part of parts) asked.add(part)
    const languages = new Set([wanted, isLocale(i18next.language) ? i18next.language : wanted])
    const texts = [...languages].flatMap((locale) => parts.map((part) => once(locale, part)))
    const [module] = await Promise.all([page(), ...texts])
    return module
  }
}
