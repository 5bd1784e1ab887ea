/** PURE. Whether a letter was written by a machine, by its headers (RFC 3834, RFC 2919, RFC 3464). */
export function isOfMachine(header: (name: string) => string | null): boolean {
  const of = (name: string): string => (header(name) ?? '').trim().toLowerCase()
  const auto = of('auto-submitted')
  if (auto !== '' && !auto.startsWith('no')) return true
  if (/^(bulk|junk|list|auto_reply)\b/.test(of('precedence'))) return true
  if (of('list-id') !== '' || of('x-autoreply') !== '' || of('x-autorespond') !== '') return true
  // The empty sender of reports: nobody could answer it.
  if (of('return-path') === '<>') return true
  return isReport(of('content-type'))
}

export const isReport = (contentType: string): boolean => /^multipart\/report\b/i.test(contentType.trim())

/**
 * What a report of failed delivery tells: which of our letters did not arrive, and why. Null where it is none.
 * @param parts texts of the report's parts, the letter that it is about among them
 */
export function bounceOf(
  contentType: string,
  parts: readonly { contentType: string; text: string }[]
): { messageIds: string[]; detail: string } | null {
  if (!isReport(contentType) && !parts.some((part) => part.contentType === 'message/delivery-status'))
    return null
  const status = parts.find((part) => part.contentType === 'message/delivery-status')?.text ?? ''
  // "delayed" and "delivered" are no failure.
  if (!/^action:\s*failed/im.test(status)) return null
  const messageIds = parts.flatMap(({ text }) =>
    [...text.matchAll(/^message-id:\s*<([^<>\s]+)>/gim)].map(([, id = '']) => id)
  )
  const line = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*((?:.*)(?:\\r?\\n[ \\t]+.*)*)`, 'im')
      .exec(status)?.[1]
      ?.replace(/\s+/g, ' ')
      .trim() ?? ''
  const why = line('diagnostic-code').replace(/^smtp;\s*/i, '') || line('status')
  return {
    messageIds,
    detail: [line('final-recipient').replace(/^rfc822;\s*/i, ''), why].filter(Boolean).join(': ')
  }
}
