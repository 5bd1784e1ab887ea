import { useQuery } from '@tanstack/react-query'
import type { Source, TrackingNumber, User } from '../../../api/contract/config.ts'
import { api, type Page } from './api.ts'

/** Up to 1000 items of a collection: lists of configuration are short. */
export async function all<T>(path: string): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const next: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
    const page: Page<T> = await api<Page<T>>('GET', `${path}?limit=200${next}`)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor && items.length < 1000)
  return items
}

/** A whole collection, kept for a minute: for selects and for names beside ids. */
export function useAll<T>(name: string, isOn = true, refetchMs?: number) {
  return useQuery({
    queryKey: ['all', name],
    queryFn: () => all<T>(`/api/${name}`),
    staleTime: 60_000,
    enabled: isOn,
    ...(refetchMs !== undefined && { refetchInterval: refetchMs })
  })
}

export const useSources = (isOn = true) => useAll<Source>('sources', isOn)
export const useNumbers = (isOn = true) => useAll<TrackingNumber>('numbers', isOn)
export const useUsers = (isOn = true) => useAll<User>('users', isOn)
