import { isbot } from 'isbot'

/**
 * Whether a visit is made by a machine that looks at pages: it gets no number of a pool.
 * Headless Chrome alone is no sign: site checks and tests of a site's owner run in it, while crawlers name themselves.
 * What it may take is capped by address, as for everybody.
 * @param userAgent as the request's header says; null when there was none, which no browser does
 */
export function isMachine(userAgent: string | null): boolean {
  if (userAgent === null || userAgent.trim() === '') return true
  return isbot(userAgent.replace('HeadlessChrome/', 'Chrome/'))
}

/** `mobile`, `tablet` or `desktop`, as the user agent says. */
export function deviceOf(userAgent: string | null): 'mobile' | 'tablet' | 'desktop' {
  const agent = userAgent ?? ''
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(agent)) return 'tablet'
  return /Mobi|iPhone|Android/.test(agent) ? 'mobile' : 'desktop'
}
