/** Names of values that nobody may read in a log. */
const secretName = /^(auth|code|key|.*(token|secret|password|passwd|api[_-]?key|authorization))$/i
/** Bytes of an answer, and letters of one value, that are kept. */
export const keptBytes = 4096
const keptLetters = 500

/** A request or an answer as it may be kept: secrets are hidden, what is long is cut. Pure. */
export function hidden(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return plain(value)
  if (value === null || typeof value !== 'object') return value
  if (depth > 6) return '…'
  if (Array.isArray(value)) return value.slice(0, 50).map((one) => hidden(one, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([name, one]) => [
        plain(name),
        secretName.test(name) && typeof one !== 'object' ? '•••' : hidden(one, depth + 1)
      ])
  )
}

/** An address without what only we may know. */
export function hiddenUrl(address: string): string {
  if (!URL.canParse(address)) return plain(address)
  const url = new URL(address)
  for (const name of [...url.searchParams.keys()])
    if (secretName.test(name)) url.searchParams.set(name, '•••')
  // An incoming webhook of Bitrix24 carries its key in the path.
  url.pathname = url.pathname.replace(/(\/rest\/\d+\/)[^/]+/, '$1•••')
  return plain(decodeURI(url.href))
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
const plain = (text: string): string =>
  text
    .slice(0, keptLetters)
    .replaceAll('\0', '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
