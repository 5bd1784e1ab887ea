import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { LiveCall, LiveClient } from '../../../api/contract/live.ts'
import { emptyBoard, type Board } from './board.ts'
import { openFeed, type LiveFeed } from './feed.ts'
import { inBackground } from '../lib/in-background.ts'

const FeedContext = createContext<LiveFeed | null>(null)
const nothing = () => () => undefined

/** Opens the feed for everything inside, and refreshes the journal's queries when its rows change. */
export function LiveProvider({ children, isOn }: { children: ReactNode; isOn: boolean }) {
  const [feed, setFeed] = useState<LiveFeed | null>(null)
  const client = useQueryClient()
  useEffect(() => {
    if (!isOn) return
    // Asking who we are shows the sign-in page when the session has ended.
    const opened = openFeed(() => inBackground(client.invalidateQueries({ queryKey: ['me'] })))
    setFeed(opened)
    let timer: ReturnType<typeof setTimeout> | null = null
    let askedMs = Number.NEGATIVE_INFINITY
    opened.onJournal((callId) => {
      // A first answer may still be on its way, read before this row was written: asked for anew, not waited for.
      const queryKey = ['call', callId]
      inBackground(client.cancelQueries({ queryKey }).then(() => client.invalidateQueries({ queryKey })))
      // Under load rows come many a second; the list is asked for at once, and then at most once a second.
      const waitMs = Math.max(0, askedMs + 1000 - performance.now())
      timer ??= setTimeout(() => {
        timer = null
        askedMs = performance.now()
        inBackground(client.invalidateQueries({ queryKey: ['calls'] }))
      }, waitMs)
    })
    opened.onNotice(() => inBackground(client.invalidateQueries({ queryKey: ['notices'] })))
    let asked: ReturnType<typeof setTimeout> | null = null
    opened.onMessages(() => {
      // Several come with one message.
      asked ??= setTimeout(() => {
        asked = null
        inBackground(client.invalidateQueries({ queryKey: ['messages'] }))
      }, 150)
    })
    opened.onGap(() => inBackground(client.invalidateQueries()))
    return () => {
      if (timer) clearTimeout(timer)
      if (asked) clearTimeout(asked)
      opened.close()
      setFeed(null)
    }
  }, [isOn, client])
  return <FeedContext value={feed}>{children}</FeedContext>
}

/** What is known of the client of a call; it comes milliseconds after the call. */
export function useLiveClient(call: LiveCall | null): LiveClient | null {
  const { clients } = useBoard()
  return (call && clients[call.id]) ?? null
}

/** The board as it is now. */
export function useBoard(): Board {
  const feed = useContext(FeedContext)
  return useSyncExternalStore(feed?.subscribe ?? nothing, feed?.get ?? (() => emptyBoard))
}
