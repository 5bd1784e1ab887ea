/** Region codes that stand for no country with telephones of its own, or for one that is no more. */
const none = new Set(
  'AC AN AQ BU CP CQ CS DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP UK UN VD WK XA XB XK YD YU ZR ZZ'.split(
    ' '
  )
)
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Every country, by its name in the reader's language. */
export function countries(locale: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' })
  return [...letters]
    .flatMap((first) => [...letters].map((second) => first + second))
    .flatMap((value) => {
      const label = none.has(value) ? value : (names.of(value) ?? value)
      return label === value ? [] : [{ value, label }]
    })
    .sort((a, b) => a.label.localeCompare(b.label, locale))
}

/** Time zones as the browser knows them; the given ones are among them, whatever it says. */
export function timeZones(...also: readonly string[]): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), ...also])].sort()
}

export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** The country that the browser's languages name first; the fallback where they name none. */
export function ownCountry(languages: readonly string[], fallback: string): string {
  for (const language of languages) {
    const region = new Intl.Locale(language).region
    if (region !== undefined && /^[A-Z]{2}$/.test(region)) return region
  }
  return fallback
}

const latin: Readonly<Record<string, string>> = {
  ...{ а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k' },
  ...{ л: 'l', м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts' },
  ...{ ч: 'ch', ш: 'sh', щ: 'sch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya' }
}

/** A login out of a name: `Анна Ким` → `anna.kim`. */
export function loginOf(name: string): string {
  return [...name.trim().toLowerCase()]
    .map((letter) => latin[letter] ?? letter)
    .join('')
    .normalize('NFD')
    .replace(/[\s_]+/g, '.')
    .replace(/[^a-z0-9.-]/g, '')
    .replace(/^\.+|\.+$/g, '')
    .slice(0, 64)
}
