/**
 * An address of a page as people say it, without its questions; `link` only where it can be followed without harm:
 * addresses come from visitors.
 */
export function webAddress(url: string): { words: string; link: string | null } {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return { words: url, link: null }
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return { words: url, link: null }
  const path = parsed.pathname === '/' ? '' : decoded(parsed.pathname)
  return { words: parsed.host.replace(/^www\./, '') + path, link: parsed.href }
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
