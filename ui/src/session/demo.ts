import { useQuery } from '@tanstack/react-query'
import type { Role } from '../../../api/contract/common.ts'
import { api } from '../lib/api.ts'

/** Whether the demo company is loaded, and while it is, who may be tried and with what password. */
export interface Demo {
  isDemo: boolean
  password?: string
  logins?: { login: string; name: string; role: Role }[]
}

export function useDemo() {
  return useQuery({
    queryKey: ['demo'],
    queryFn: () => api<Demo>('GET', '/api/demo'),
    staleTime: 60_000,
    retry: 1
  })
}
