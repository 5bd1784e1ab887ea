import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Contact } from '../../../api/contract/config.ts'
import type {
  Company,
  Consent,
  CustomField,
  Duplicate,
  MergePreview,
  TimelineItem,
  TimelineKind
} from '../../../api/contract/contacts.ts'
import { api, type Page } from '../lib/api.ts'
import { useAll } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'

export type Filter = Record<string, string | null | undefined>

export function useContacts(filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['contacts', 'list', filter],
    queryFn: ({ pageParam }) =>
      api<Page<Contact>>('GET', `/api/contacts${query({ ...filter, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    maxPages: 20
  })
}

export function useCompanies(filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['contacts', 'companies', filter],
    queryFn: ({ pageParam }) =>
      api<Page<Company>>('GET', `/api/companies${query({ ...filter, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData
  })
}

export const useCompany = (id: string) =>
  useQuery({
    queryKey: ['contacts', 'company', id],
    queryFn: () => api<Company>('GET', `/api/companies/${id}`)
  })

export function useTimeline(contactId: string, kinds: readonly TimelineKind[]) {
  return useInfiniteQuery({
    queryKey: ['contacts', 'timeline', contactId, kinds],
    queryFn: ({ pageParam }) =>
      api<Page<TimelineItem>>(
        'GET',
        `/api/contacts/${contactId}/timeline${query({ kinds: kinds.join(','), limit: 30, cursor: pageParam })}`
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
    maxPages: 10
  })
}

export const useConsents = (contactId: string) =>
  useQuery({
    queryKey: ['contacts', 'consents', contactId],
    queryFn: () => api<{ items: Consent[] }>('GET', `/api/contacts/${contactId}/consents`)
  })

export const useDuplicates = (contactId: string, isOn: boolean) =>
  useQuery({
    queryKey: ['contacts', 'duplicates', contactId],
    queryFn: () => api<{ items: Duplicate[] }>('GET', `/api/contacts/${contactId}/duplicates`),
    enabled: isOn
  })

/** Not under `contacts`: the other one is gone once they are merged, and must not be asked for again. */
export const useMergePreview = (contactId: string, otherId: string | null) =>
  useQuery({
    queryKey: ['merge-preview', contactId, otherId],
    queryFn: () =>
      api<MergePreview>('GET', `/api/contacts/${contactId}/merge-preview?otherId=${otherId ?? ''}`),
    enabled: otherId !== null,
    gcTime: 0
  })

export const useContactTags = () =>
  useQuery({
    queryKey: ['contacts', 'tags'],
    queryFn: () => api<{ items: { name: string; contacts: number }[] }>('GET', '/api/contact-tags'),
    staleTime: 60_000
  })

/** Fields of the company's own, in their order. */
export function useCustomFields(things: CustomField['things']): CustomField[] {
  const { data } = useAll<CustomField>('custom-fields')
  return (data ?? []).filter((field) => field.things === things)
}

/** Asks anew for everything that a change of clients may show in. */
export function useContactsChanged(): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all(
      ['contacts', 'client', 'deals', 'inquiries', 'work'].map((key) =>
        client.invalidateQueries({ queryKey: [key] })
      )
    )
}
