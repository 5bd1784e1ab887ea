import type { CallFacts } from './facts.ts'

const labels = {
  ru: {
    source: 'Источник',
    campaign: 'Кампания',
    keyword: 'Ключевое слово',
    site: 'Сайт',
    page: 'Страница',
    line: 'Номер'
  },
  en: {
    source: 'Source',
    campaign: 'Campaign',
    keyword: 'Keyword',
    site: 'Site',
    page: 'Page',
    line: 'Number'
  }
}

/** What tracking knows of a call, for people; null when it knows nothing. Pure. */
export function sourceComment(
  call: Pick<CallFacts, 'source' | 'site' | 'landingUrl' | 'line'>,
  locale: 'ru' | 'en'
): string | null {
  const { source, site, landingUrl, line } = call
  if (source === null && site === null && landingUrl === null) return null
  const words = labels[locale]
  const medium = source?.medium ? ` / ${source.medium}` : ''
  const told: readonly (readonly [string, string | null | undefined])[] = [
    [words.source, source && `${source.name}${medium}`],
    [words.campaign, source?.campaign],
    [words.keyword, source?.keyword],
    [words.site, site],
    [words.page, landingUrl],
    [words.line, line]
  ]
  return `Ringtrace\n${told.flatMap(([label, value]) => (value ? [`${label}: ${value}`] : [])).join('\n')}`
}
