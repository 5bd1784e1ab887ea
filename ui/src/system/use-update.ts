import { useQuery } from '@tanstack/react-query'
import type { SystemUpdate } from '../../../api/contract/system.ts'
import { api } from '../lib/api.ts'

export const updateKey = ['system', 'update']

/** What the last update brought; the banner and the system page look at the same. */
export const useUpdate = () =>
  useQuery({
    queryKey: updateKey,
    queryFn: () => api<SystemUpdate>('GET', '/api/system/update'),
    staleTime: Infinity
  })
