import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Conversation, MailSenders, Message, MessageTemplate } from '../../../api/contract/messages.ts'
import { api, type Page } from '../lib/api.ts'
import { query } from '../lib/query.ts'

export type Shown = 'all' | 'unread' | 'machines'
export interface Filter {
  show: Shown
  search: string
  contactId: string | null
}

export function useConversations(filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['messages', 'list', filter],
    queryFn: ({ pageParam }) =>
      api<Page<Conversation>>(
        'GET',
        `/api/conversations${query({ ...filter, limit: 40, cursor: pageParam })}`
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    maxPages: 20
  })
}

export const useConversation = (id: string | null) =>
  useQuery({
    queryKey: ['messages', 'one', id],
    queryFn: () => api<Conversation>('GET', `/api/conversations/${id ?? ''}`),
    enabled: id !== null
  })

export function useMessages(id: string) {
  return useInfiniteQuery({
    queryKey: ['messages', 'thread', id],
    queryFn: ({ pageParam }) =>
      api<Page<Message>>(
        'GET',
        `/api/conversations/${id}/messages${query({ limit: 30, cursor: pageParam })}`
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor
  })
}

export const useUnread = () =>
  useQuery({
    queryKey: ['messages', 'unread'],
    queryFn: () => api<{ conversations: number }>('GET', '/api/unread-messages')
  })

export const useSenders = () =>
  useQuery({
    queryKey: ['mail-senders'],
    queryFn: () => api<MailSenders>('GET', '/api/mail-senders'),
    staleTime: 60_000
  })

export const useTemplates = () =>
  useQuery({
    queryKey: ['message-templates'],
    queryFn: () => api<Page<MessageTemplate>>('GET', '/api/message-templates?limit=200')
  })

/** Asks anew for everything that tells of messages. */
export function useMessagesChanged(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['messages'] })
}
