import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { CallerList, CallerListEntry, CallerStanding } from '../../../api/contract/callers.ts'
import { api, ApiError, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'

/** A list as people call it: the two that are always there in the reader's language. */
export const listName = ({ kind, name }: Pick<CallerList, 'kind' | 'name'>, t: TFunction<'ui'>): string =>
  kind === 'own' ? name : t(`callerLists.kind.${kind}`)

/** A number, or a beginning with what stands for the rest. */
export const entryName = ({ phone, isPrefix }: Pick<CallerListEntry, 'phone' | 'isPrefix'>): string =>
  isPrefix ? `${phone}…` : formatPhone(phone)

/** Spam, VIP, then the company's own by name. */
export const useCallerLists = (isOn = true) =>
  useQuery({
    queryKey: ['caller-lists'],
    queryFn: async () => (await api<Page<CallerList>>('GET', '/api/caller-lists?limit=200')).items,
    select: (lists) =>
      lists.toSorted(
        (a, b) => rank[a.kind] - rank[b.kind] || a.name.localeCompare(b.name, undefined, { numeric: true })
      ),
    staleTime: 30_000,
    enabled: isOn
  })

const rank = { spam: 0, vip: 1, own: 2 } as const

/** On which lists a number is now. */
export const useStanding = (phone: string | null, isOn = true) =>
  useQuery({
    queryKey: ['caller-standing', phone],
    queryFn: () =>
      api<CallerStanding>('GET', `/api/caller-standing?phone=${encodeURIComponent(phone ?? '')}`),
    staleTime: 30_000,
    enabled: isOn && phone !== null
  })

interface Wish {
  list: Pick<CallerList, 'id' | 'kind' | 'name'>
  phone: string
  callId?: string | undefined
  note?: string | null
  expiresAt?: string | null
  /** What is there already: then it is taken off. */
  entryId?: string | undefined
}

/** Puts a number on a list or takes it off, says so, and offers to take that back. */
export function useMoveCaller() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const changed = async (): Promise<void> => {
    await Promise.all(
      ['caller-lists', 'caller-standing', 'caller-entries', 'caller-suggestions', 'calls', 'call'].map(
        (key) => client.invalidateQueries({ queryKey: [key] })
      )
    )
  }
  const markCall = async ({ list, callId }: Wish, isSpam: boolean): Promise<void> => {
    // The call that told of it is spam too; its mark comes and goes with the number.
    if (list.kind === 'spam' && callId !== undefined)
      await api('PATCH', `/api/calls/${callId}`, { isSpam }).catch(() => undefined)
  }
  const move = useMutation({
    async mutationFn(wish: Wish): Promise<string | null> {
      const { list, phone, callId, entryId } = wish
      if (entryId !== undefined) {
        await api('DELETE', `/api/caller-entries/${entryId}`)
        await markCall(wish, false)
        return null
      }
      const { note = null, expiresAt = null } = wish
      const body = { listId: list.id, phone, note, expiresAt, ...(callId !== undefined && { callId }) }
      const entry = await api<CallerListEntry>('POST', '/api/caller-entries', body)
      await markCall(wish, true)
      return entry.id
    },
    async onSuccess(madeId, wish) {
      const names = { number: formatPhone(wish.phone), list: listName(wish.list, t) }
      const { entryId: _gone, ...back } = wish
      toast('pine', t(madeId === null ? 'callerLists.removed' : 'callerLists.added', names), 8000, {
        label: t('callerLists.undo'),
        run: () => move.mutate(madeId === null ? back : { ...back, entryId: madeId })
      })
      await changed()
    },
    onError(error, wish) {
      const isThere = error instanceof ApiError && error.problem.code === 'already_exists'
      const names = { number: formatPhone(wish.phone), list: listName(wish.list, t) }
      if (isThere) toast('amber', t('callerLists.there', names))
      else toast('rust', explain(error))
    }
  })
  return move
}
