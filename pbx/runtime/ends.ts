import type { Ari } from '../ari/client.ts'

/** Channels that have ended since somebody began to listen. */
export interface Ends {
  /** Resolves when Asterisk has told of the ends of all of these, or when it stays silent about one for too long. */
  of(channelIds: readonly string[]): Promise<void>
  close(): void
}

/** A leg that is hung up while it rings has ended within milliseconds; one whose end was told before our time, never does. */
const longestMs = 2000

/** Hears from now on which channels end. */
export function hearEnds(ari: Pick<Ari, 'on'>): Ends {
  const ended = new Set<string>()
  const waiting = new Set<() => void>()
  const off = ari.on('event', (event) => {
    if (event.type !== 'ChannelDestroyed') return
    ended.add(event.channel.id)
    for (const look of waiting) look()
  })
  return {
    of(channelIds) {
      return new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        const look = (): void => {
          if (channelIds.every((id) => ended.has(id))) done()
        }
        const timer = setTimeout(done, longestMs)
        waiting.add(look)
        look()
      })
    },
    close: off
  }
}
