/**
 * Well-known hosts of referrers: what they are, and which of them are not what their name says.
 * A name in a table stands for the host itself and everything below it; `google.*` for any country of it.
 */
export type HostKind = 'search' | 'social' | 'email' | 'messenger' | 'ads'

export interface KnownHost {
  readonly kind: HostKind
  /** The source as reports name it. */
  readonly source: string
}

/** The first that fits wins: parts of a company that are no search engine stand before the company. */
const table: readonly [pattern: string, kind: HostKind, source: string][] = [
  ['mail.google.*', 'email', 'gmail'],
  ['e.mail.ru', 'email', 'mail.ru'],
  ['mail.yandex.*', 'email', 'yandex-mail'],
  ['mail.yahoo.*', 'email', 'yahoo-mail'],
  ['mail.rambler.ru', 'email', 'rambler-mail'],
  ['outlook.live.com', 'email', 'outlook'],
  ['outlook.office.com', 'email', 'outlook'],
  ['com.google.android.gm', 'email', 'gmail'],

  ['yabs.yandex.*', 'ads', 'yandex'],
  ['an.yandex.*', 'ads', 'yandex'],
  ['googleadservices.com', 'ads', 'google'],
  ['googlesyndication.com', 'ads', 'google'],
  ['doubleclick.net', 'ads', 'google'],

  ['web.telegram.org', 'messenger', 'telegram'],
  ['org.telegram.messenger', 'messenger', 'telegram'],
  ['web.whatsapp.com', 'messenger', 'whatsapp'],
  ['wa.me', 'messenger', 'whatsapp'],
  ['com.whatsapp', 'messenger', 'whatsapp'],
  ['viber.com', 'messenger', 'viber'],
  ['web.max.ru', 'messenger', 'max'],

  ['t.co', 'social', 'twitter'],
  ['twitter.com', 'social', 'twitter'],
  ['x.com', 'social', 'twitter'],
  ['vk.com', 'social', 'vk'],
  ['vk.ru', 'social', 'vk'],
  ['vkontakte.ru', 'social', 'vk'],
  ['com.vkontakte.android', 'social', 'vk'],
  ['facebook.com', 'social', 'facebook'],
  ['com.facebook.katana', 'social', 'facebook'],
  ['fb.me', 'social', 'facebook'],
  ['instagram.com', 'social', 'instagram'],
  ['ok.ru', 'social', 'ok'],
  ['odnoklassniki.ru', 'social', 'ok'],
  ['my.mail.ru', 'social', 'my.mail.ru'],
  ['dzen.ru', 'social', 'dzen'],
  ['zen.yandex.*', 'social', 'dzen'],
  ['t.me', 'social', 'telegram'],
  ['youtube.com', 'social', 'youtube'],
  ['youtu.be', 'social', 'youtube'],
  ['rutube.ru', 'social', 'rutube'],
  ['linkedin.com', 'social', 'linkedin'],
  ['lnkd.in', 'social', 'linkedin'],
  ['pinterest.*', 'social', 'pinterest'],
  ['reddit.com', 'social', 'reddit'],
  ['tiktok.com', 'social', 'tiktok'],
  ['pikabu.ru', 'social', 'pikabu'],
  ['livejournal.com', 'social', 'livejournal'],

  ['com.google.android.googlequicksearchbox', 'search', 'google'],
  ['ru.yandex.searchplugin', 'search', 'yandex'],
  ['ya.ru', 'search', 'yandex'],
  ['bing.com', 'search', 'bing'],
  ['search.yahoo.*', 'search', 'yahoo'],
  ['yahoo.*', 'search', 'yahoo'],
  ['go.mail.ru', 'search', 'mail.ru'],
  ['search.mail.ru', 'search', 'mail.ru'],
  ['mail.ru', 'search', 'mail.ru'],
  ['rambler.ru', 'search', 'rambler'],
  ['duckduckgo.com', 'search', 'duckduckgo'],
  ['tut.by', 'search', 'tut.by'],
  ['ecosia.org', 'search', 'ecosia'],
  ['search.brave.com', 'search', 'brave'],
  ['startpage.com', 'search', 'startpage'],
  ['qwant.com', 'search', 'qwant'],
  ['baidu.com', 'search', 'baidu'],
  ['naver.com', 'search', 'naver'],
  ['seznam.cz', 'search', 'seznam']
]

/** Of these two only the plain host and `www`, `m` … search; their other hosts (docs., maps., market.) refer. */
const bareSearch = /^(?:www\.|m\.|images\.|news\.)?(google|yandex)\.(?:[a-z]{2,3}\.)?[a-z]{2,3}$/

/** What a referrer's host is known to be; null for the rest of the world. @param host lower case, punycode */
export function knownHost(host: string): KnownHost | null {
  const search = bareSearch.exec(host)
  if (search?.[1] !== undefined) return { kind: 'search', source: search[1] }
  for (const [pattern, kind, source] of table) {
    if (hostFits(host, pattern)) return { kind, source }
  }
  return null
}

function hostFits(host: string, pattern: string): boolean {
  if (!pattern.endsWith('.*')) return host === pattern || host.endsWith(`.${pattern}`)
  const stem = pattern.slice(0, -1)
  const at = host === stem ? 0 : `.${host}`.indexOf(`.${stem}`)
  // What follows the name is a country: `com`, `ru`, `co.uk`.
  return at >= 0 && /^(?:[a-z]{2,3}\.)?[a-z]{2,3}$/.test(host.slice(at + stem.length))
}
