import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { DialFound, DialPreview } from '../../../api/contract/desk.ts'
import type { OperatorState } from '../../../api/contract/live.ts'
import { api } from '../lib/api.ts'
import { byPresence, matches, numberIn } from '../lib/find.ts'
import { useUsers } from '../lib/lookups.ts'
import { query } from '../lib/query.ts'
import { useLater } from '../lib/use-later.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'

/** Somebody who can be called. */
export type Callee =
  | { kind: 'typed'; key: string; to: string }
  | { kind: 'colleague'; key: string; to: string; operator: OperatorState }
  | { kind: 'client'; key: string; to: string; found: DialFound }

const mostColleagues = 4

/** Colleagues by name or extension; those who are free first. Without an extension nobody can be dialled. */
function useColleagues(search: string): Callee[] {
  const me = useMe()
  const board = useBoard()
  const users = useUsers()
  if (search === '') return []
  const extensions = new Map((users.data ?? []).map((user) => [user.id, user.extension]))
  return Object.values(board.operators)
    .filter((each) => each.userId !== me.id && matches(search, each.name, extensions.get(each.userId)))
    .sort(byPresence)
    .flatMap<Callee>((operator) => {
      const to = extensions.get(operator.userId)
      return to ? [{ kind: 'colleague', key: operator.userId, to, operator }] : []
    })
    .slice(0, mostColleagues)
}

/** Whom the dial pad offers for what is typed: the number itself, colleagues, clients; the last numbers at first. */
export function useCallees(text: string, isOpen: boolean): { callees: Callee[]; isPending: boolean } {
  const typed = text.trim()
  const asked = useLater(typed, 120)
  const found = useQuery({
    queryKey: ['calls', 'dial-search', asked],
    queryFn: () => api<{ items: DialFound[] }>('GET', `/api/dial-search${query({ search: asked })}`),
    enabled: isOpen,
    placeholderData: keepPreviousData,
    staleTime: 10_000
  })
  const colleagues = useColleagues(typed)
  const number = numberIn(typed)
  const clients = (found.data?.items ?? []).map<Callee>((item) => ({
    kind: 'client',
    key: `${item.phone} ${item.contactId ?? ''}`,
    to: item.phone,
    found: item
  }))
  const isListed = colleagues.some(({ to }) => to === number)
  return {
    callees: [
      ...(number !== null && !isListed ? [{ kind: 'typed' as const, key: 'typed', to: number }] : []),
      ...colleagues,
      ...clients
    ],
    isPending: found.isFetching || asked !== typed
  }
}

/** What a call to a number would be: which number they see, or why there will be none. */
export function useDialPreview(to: string | null): DialPreview | null {
  const asked = useLater(to, 200)
  const preview = useQuery({
    queryKey: ['dial-preview', asked],
    queryFn: () => api<DialPreview>('GET', `/api/dial-preview${query({ to: asked ?? '' })}`),
    enabled: asked !== null && asked.length >= 2,
    staleTime: 10_000
  })
  return asked === to && to !== null ? (preview.data ?? null) : null
}
