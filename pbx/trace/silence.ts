import type { Store } from './store.ts'
import type { SipCopy } from './types.ts'

/**
 * Whether a carrier has said nothing at all to our INVITE for so long, not even "100 Trying". Only what is seen counts:
 * over UDP Asterisk repeats an INVITE after 0.5, 1.5, 3.5, 7.5 … seconds for as long as nothing has come. So the last
 * repeat is never older than a good half of the time, while an answer whose copy was lost ends the repeats earlier.
 * Over TCP and TLS nothing is repeated, and nothing is said here. Pure.
 */
export function isSilent(messages: readonly SipCopy[], seconds: number): boolean {
  const isAsking = ({ direction, method, status }: SipCopy): boolean =>
    direction === 'out' && method === 'INVITE' && status === null
  const [first] = messages
  const last = messages.at(-1)
  if (!first || !last || !messages.every(isAsking)) return false
  return last.atMs - first.atMs >= (seconds * 1000) / 2.5
}

export interface SilencePorts {
  store: Pick<Store, 'ofCall' | 'onAdded'>
  /** After how many seconds of silence a trunk is given up; null: it is left to Asterisk. */
  secondsOf(endpoint: string): Promise<number | null>
  /** Gives up a channel, so that the call goes on through the next trunk. */
  giveUp(channelId: string): void
  onError(error: unknown): void
}

interface Watched {
  channelId: string
  callId: string
  endpoint: string
  isBegun: boolean
  timer: NodeJS.Timeout | null
}

/** So many calls out are waited for at once; those above are left to Asterisk. */
const mostWatched = 5000

/** Watches calls out for carriers that say nothing at all: Asterisk itself would wait for 32 seconds. */
export function createSilenceWatch({ store, secondsOf, giveUp, onError }: SilencePorts) {
  const watched = new Map<string, Watched>()

  function forget(dialog: string): void {
    const one = watched.get(dialog)
    if (one?.timer) clearTimeout(one.timer)
    watched.delete(dialog)
  }
  const messagesOf = (dialog: string, callId: string): readonly SipCopy[] =>
    store.ofCall(callId).find(({ id }) => id === dialog)?.messages ?? []

  async function begin(dialog: string, one: Watched): Promise<void> {
    const seconds = await secondsOf(one.endpoint)
    const [first] = messagesOf(dialog, one.callId)
    if (seconds === null || first === undefined || watched.get(dialog) !== one) return forget(dialog)
    one.timer = setTimeout(
      () => {
        forget(dialog)
        if (isSilent(messagesOf(dialog, one.callId), seconds)) giveUp(one.channelId)
      },
      Math.max(0, first.atMs + seconds * 1000 - Date.now())
    ).unref()
  }
  function look(dialog: string): void {
    const one = watched.get(dialog)
    if (!one) return
    const messages = messagesOf(dialog, one.callId)
    // Whatever comes in is an answer; whoever gave up needs nobody to do it for them.
    if (messages.some(({ direction, method }) => direction === 'in' || method !== 'INVITE'))
      return forget(dialog)
    // The first repeat: most calls are answered before it, and cost nothing here.
    if (messages.length < 2 || one.isBegun) return
    one.isBegun = true
    begin(dialog, one).catch(onError)
  }
  const off = store.onAdded(({ id }) => look(id))

  return {
    /** A channel to a trunk was made by us; its INVITE may be under way already. */
    watch(dialog: string, channel: Omit<Watched, 'timer' | 'isBegun'>): void {
      if (watched.has(dialog) || watched.size >= mostWatched) return
      watched.set(dialog, { ...channel, isBegun: false, timer: null })
      look(dialog)
    },
    /** A channel is gone. */
    ended(channelId: string): void {
      for (const [dialog, one] of watched) if (one.channelId === channelId) forget(dialog)
    },
    close(): void {
      off()
      for (const dialog of [...watched.keys()]) forget(dialog)
    }
  }
}
