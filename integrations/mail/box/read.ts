import type { ImapFlow } from 'imapflow'
import type { Logger } from 'pino'
import { ChannelError, type Connection } from '../../channels/kind.ts'
import type { MailboxSettings } from './settings.ts'

/** How far a folder has been read. Numbers of letters mean nothing under another `validity`. */
interface Place {
  folder: string
  validity: string
  uid: number
  /** When it was last read, for the day on which the numbers change. */
  at: string
  /** What the server had before is none of ours. */
  from: string
}

/** So many letters are written down at once. */
const batch = 20
/** Of a larger letter only the beginning is taken. */
const largestBytes = 35 * 1024 ** 2
/** When numbers have changed, letters of so many days are looked at again: those that are known are known. */
const daysBack = 3

/** Takes every letter that comes into the folder, each once, until the connection ends. */
export async function read(
  imap: ImapFlow,
  settings: MailboxSettings,
  connection: Connection,
  log: Logger
): Promise<void> {
  const wake = new Waker()
  imap.on('exists', () => wake.wake())
  imap.on('close', () => wake.wake())
  const opened = await imap.mailboxOpen(settings.folder, { readOnly: true }).catch((error: unknown) => {
    if (!imap.usable) throw error
    throw new ChannelError('noFolder', settings.folder)
  })
  const validity = String(opened.uidValidity)
  let place = placeOf(connection.cursor)
  if (place?.folder !== settings.folder || place.validity !== validity) {
    const isRenumbered = place?.folder === settings.folder
    if (isRenumbered) log.info({ channelId: connection.id }, 'The mail server has numbered its letters anew')
    const now = new Date()
    const from = isRenumbered && place ? place.from : daysBefore(now, settings.takeDays).toISOString()
    const searched = isRenumbered && place ? daysBefore(new Date(place.at), daysBack) : new Date(from)
    const found =
      isRenumbered || settings.takeDays > 0 ? await imap.search({ since: searched }, { uid: true }) : []
    const uids = found || []
    // Until all of them are taken the place stays as it was: whoever is killed here begins again.
    await takeAll(imap, uids, connection, { from, placeAfter: null })
    const next = { folder: settings.folder, validity, from, at: now.toISOString() }
    place = { ...next, uid: Math.max(Number(opened.uidNext ?? 1) - 1, ...uids) }
    await connection.take([], { ...place })
  }
  while (!connection.stop.aborted && imap.usable) {
    wake.rest()
    const here: Place = { ...place, at: new Date().toISOString() }
    const found = await imap.search({ uid: `${here.uid + 1}:*` }, { uid: true })
    // "n:*" always finds the last letter, whatever its number.
    const uids = (found || []).filter((uid) => uid > here.uid)
    await takeAll(imap, uids, connection, { from: null, placeAfter: (uid) => ({ ...here, uid }) })
    place = { ...here, uid: Math.max(here.uid, ...uids) }
    connection.well()
    if (uids.length > 0 || wake.isAwake) continue
    // Ends by itself from time to time: then the server is asked again, and a dead connection is known.
    await Promise.race([wake.woken(), imap.idle()])
  }
  if (!connection.stop.aborted) throw new ChannelError('refused', 'The mail server has closed the connection')
}

const placeOf = (cursor: Connection['cursor']): Place | null =>
  typeof cursor['validity'] === 'string' ? (cursor as unknown as Place) : null

const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * 86_400_000)

async function takeAll(
  imap: ImapFlow,
  uids: readonly number[],
  connection: Connection,
  { from, placeAfter }: { from: string | null; placeAfter: ((uid: number) => Place) | null }
): Promise<void> {
  const sorted = uids.toSorted((one, other) => one - other)
  for (let at = 0; at < sorted.length && !connection.stop.aborted; at += batch) {
    const some = sorted.slice(at, at + batch)
    const letters = await imap.fetchAll(
      some.join(','),
      { uid: true, internalDate: true, source: { maxLength: largestBytes } },
      { uid: true }
    )
    // What takes letters apart is large, and most processes read none.
    const { incomingOf } = await import('./parse.ts')
    const messages = await Promise.all(
      letters
        .toSorted((one, other) => one.uid - other.uid)
        .flatMap(({ source, internalDate }) =>
          source && (from === null || new Date(internalDate ?? Date.now()) >= new Date(from))
            ? [incomingOf(source, new Date(internalDate ?? Date.now()))]
            : []
        )
    )
    await connection.take(messages, placeAfter ? { ...placeAfter(some.at(-1) ?? 0) } : connection.cursor)
  }
}

/** Remembers that something happened while nobody waited. */
class Waker {
  isAwake = false
  #resolve: (() => void) | null = null

  wake(): void {
    this.isAwake = true
    this.#resolve?.()
  }

  rest(): void {
    this.isAwake = false
  }

  woken(): Promise<void> {
    if (this.isAwake) return Promise.resolve()
    return new Promise((resolve) => (this.#resolve = resolve))
  }
}
