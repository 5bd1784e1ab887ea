import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ClientImport, ClientImportPreview } from '../../../api/contract/client-imports.ts'
import { api, type Page } from '../lib/api.ts'

export const isAtWork = ({ state }: ClientImport): boolean => state === 'running' || state === 'undoing'

export const useImports = () =>
  useQuery({
    queryKey: ['client-imports'],
    queryFn: () => api<Page<ClientImport>>('GET', '/api/client-imports?limit=50'),
    refetchInterval: ({ state }) => (state.data?.items.some(isAtWork) ? 1500 : false)
  })

export const useImport = (id: string) =>
  useQuery({
    queryKey: ['client-imports', id],
    queryFn: () => api<ClientImport>('GET', `/api/client-imports/${id}`),
    refetchInterval: ({ state }) => (state.data && isAtWork(state.data) ? 1000 : false)
  })

export interface Wish {
  columns: (string | null)[]
  duplicates: ClientImport['duplicates']
  ownerId: string | null
}

export const usePreview = (id: string, wish: Wish) =>
  useQuery({
    queryKey: ['client-import-preview', id, wish],
    queryFn: () => api<ClientImportPreview>('POST', `/api/client-imports/${id}/preview`, wish),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0
  })
