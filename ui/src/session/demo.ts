import { useQuery } from '@tanstack/react-query'
import { api } from '../lib/api.ts'

/** Whether the demo company is loaded; logins are given only while it is. */
export interface Demo {
  isDemo: boolean
  /** Logins that a newcomer may try. */
  logins?: { login: string; password?: string; name?: string; role?: string }[]
  password?: string
}

export function useDemo() {
  return useQuery({
    queryKey: ['demo'],
    queryFn: () => api<Demo>('GET', '/api/demo'),
    staleTime: 60_000,
    retry: 1
  })
}
