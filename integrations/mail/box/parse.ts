import { createHash } from 'node:crypto'
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser'
import type { Incoming, IncomingFile } from '../../channels/ports.ts'
import { bounceOf, isOfMachine } from './auto.ts'
import { cleanHtml } from './clean.ts'

/** The largest file that is kept, and the most that is kept of one letter. */
export const fileLimits = { one: 10 * 1024 ** 2, all: 25 * 1024 ** 2, count: 30 }
const reportParts = new Set(['message/delivery-status', 'message/rfc822', 'text/rfc822-headers'])

/**
 * A letter as it came, in the words of the channels. Never throws: of a letter that cannot be read its bytes are told as
 * text.
 * @param receivedAt when the mail server took it
 */
export async function incomingOf(source: Buffer, receivedAt: Date): Promise<Incoming> {
  let mail: ParsedMail
  try {
    mail = await simpleParser(source, {
      skipImageLinks: true,
      skipTextToHtml: true,
      keepDeliveryStatus: true
    })
  } catch {
    mail = await simpleParser(Buffer.from(`\r\n${source.subarray(0, 20_000).toString('latin1')}`))
  }
  const header = (name: string): string | null => {
    const line = mail.headerLines.find(({ key }) => key === name)?.line
    return line === undefined ? null : line.slice(line.indexOf(':') + 1).replace(/\r?\n[ \t]+/g, ' ')
  }
  const sender = first(mail.replyTo) ?? first(mail.from)
  const parts = mail.attachments
    .filter(({ contentType }) => reportParts.has(contentType))
    .map(({ contentType, content }) => ({ contentType, text: content.toString('latin1').slice(0, 100_000) }))
  const bounce = bounceOf(header('content-type') ?? '', [
    ...parts,
    // Where the parser took the report for text of the letter itself.
    { contentType: 'text/plain', text: mail.text ?? '' }
  ])
  const html = typeof mail.html === 'string' ? cleanHtml(mail.html) : null
  const text = (mail.text ?? '').trim()
  const subject = oneLine(mail.subject ?? '') || null
  const messageId = bare(mail.messageId)
  const at = sensible(mail.date, receivedAt)
  return {
    foreignId: createHash('sha256')
      .update(JSON.stringify([messageId, sender?.address, mail.date?.getTime() ?? null, subject, text]))
      .digest('hex'),
    at,
    peer: (sender?.address ?? '').toLowerCase() || 'unknown',
    name: oneLine(sender?.name ?? '') || null,
    phone: null,
    subject,
    text,
    html,
    messageId,
    refs: refsOf(mail),
    to: addresses(mail.to),
    cc: addresses(mail.cc),
    isAuto: sender === null || isOfMachine(header),
    files: filesOf(mail),
    bounce
  }
}

const bare = (id: string | undefined): string | null => id?.trim().replace(/^<|>$/g, '') || null
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()

/** A clock of theirs that is far off would put the letter at the end of the list for years. */
const sensible = (date: Date | undefined, receivedAt: Date): Date =>
  date && Math.abs(date.getTime() - receivedAt.getTime()) < 7 * 86_400_000 && date <= receivedAt
    ? date
    : receivedAt

function all(given: AddressObject | AddressObject[] | undefined): { name: string; address: string }[] {
  const objects = given === undefined ? [] : Array.isArray(given) ? given : [given]
  return objects
    .flatMap(({ value }) => value)
    .flatMap((each) => [each, ...(each.group ?? [])])
    .flatMap(({ name, address }) => {
      const clean = oneLine(address ?? '')
      return /^[^\s@<>]+@[^\s@<>]+$/.test(clean) ? [{ name, address: clean }] : []
    })
}
const first = (given: AddressObject | AddressObject[] | undefined) => all(given)[0] ?? null
const addresses = (given: AddressObject | AddressObject[] | undefined): string[] => [
  ...new Set(all(given).map(({ address }) => address.toLowerCase()))
]

function refsOf(mail: ParsedMail): string[] {
  const listed = mail.references === undefined ? [] : [mail.references].flat()
  const answered = mail.inReplyTo?.match(/<[^<>\s]+>/g) ?? (mail.inReplyTo ? [mail.inReplyTo] : [])
  return [...new Set([...listed, ...answered].flatMap((id) => bare(id) ?? []))].slice(-50)
}

function filesOf(mail: ParsedMail): IncomingFile[] {
  let total = 0
  return mail.attachments
    .filter(({ contentType }) => contentType !== 'message/delivery-status')
    .slice(0, fileLimits.count)
    .map((file) => {
      const isKept = file.size <= fileLimits.one && total + file.size <= fileLimits.all
      if (isKept) total += file.size
      const ending = file.contentType === 'message/rfc822' ? '.eml' : ''
      return {
        name: safeName(file.filename ?? `file${ending}`),
        contentType: /^[\w.+-]+\/[\w.+-]+$/.test(file.contentType)
          ? file.contentType
          : 'application/octet-stream',
        bytes: file.size,
        contentId: bare(file.contentId),
        content: isKept ? file.content : null
      }
    })
}

/** No folders, no characters that turn a name around, none that a header would end with. */
const safeName = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Cf}"\\/:*?<>|]+/gu, '_')
    .replace(/^\.+/, '')
    .slice(-150) || 'file'
