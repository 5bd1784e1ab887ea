import { useAll } from '../lib/lookups.ts'

interface Made {
  id: string
  isDemo: boolean
  createdAt: string
}

/** What people have made themselves of a collection, the newest first: the demo is none of it. */
export function useOwn<T extends Made>(things: string, refetchMs?: number): T[] {
  const all = useAll<T>(things, true, refetchMs)
  return (all.data ?? [])
    .filter(({ isDemo }) => !isDemo)
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
}
