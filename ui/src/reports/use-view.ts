import { useMemo, useSyncExternalStore } from 'react'
import { useSearchParams } from 'react-router'
import { serverNowMs } from '../lib/api.ts'
import { dayIn, type Days } from '../lib/period.ts'
import { remember, remembered } from '../lib/storage.ts'
import { daysOf, readView, writeView, type View } from './address.ts'

const listeners = new Set<() => void>()
let zone = remembered('timeZone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone

/** Every report tells the company's time zone: "today" is today there. */
export function learnTimeZone(timeZone: string): void {
  if (timeZone === zone) return
  zone = timeZone
  remember('timeZone', timeZone)
  for (const each of listeners) each()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The company's time zone, and which day it is there. */
export function useToday(): { timeZone: string; today: string } {
  const timeZone = useSyncExternalStore(subscribe, () => zone)
  return { timeZone, today: dayIn(timeZone, serverNowMs()) }
}

export interface ViewState {
  view: View
  days: Days
  today: string
  timeZone: string
  change: (changes: Partial<View>) => void
}

/** The report's choices, out of the address and back into it. */
export function useView(): ViewState {
  const [params, setParams] = useSearchParams()
  const { timeZone, today } = useToday()
  const view = useMemo(() => readView(params), [params])
  const days = useMemo(() => daysOf(view, today), [view, today])
  return {
    view,
    days,
    today,
    timeZone,
    change: (changes) => {
      setParams((old) => writeView({ ...readView(old), ...changes }), { replace: true })
    }
  }
}
