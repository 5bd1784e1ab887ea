import { useSearchParams } from 'react-router'
import { deskTabs, type DeskState } from './words.ts'

const names = [
  'search',
  'kind',
  'responsibleId',
  'mine',
  'inquiryChannel',
  'source',
  'from',
  'to',
  'waiting'
] as const
export type DeskFilter = Partial<Record<(typeof names)[number], string>>

/** The desk as the address has it: which tab, which filters, which inquiry is open. */
export function useDesk() {
  const [params, setParams] = useSearchParams()
  const state: DeskState = deskTabs.find((each) => each === params.get('state')) ?? 'new'
  const filter: DeskFilter = {}
  for (const name of names) {
    const value = params.get(name)
    if (value) filter[name] = value
  }
  const change = (changes: Record<string, string | null>, isNew = false): void => {
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        for (const [name, value] of Object.entries(changes)) {
          if (value) next.set(name, value)
          else next.delete(name)
        }
        return next
      },
      { replace: !isNew }
    )
  }
  return {
    state,
    filter,
    missed: params.get('missed') === 'returned' ? ('returned' as const) : ('waiting' as const),
    setMissed: (next: 'waiting' | 'returned') => change({ missed: next === 'returned' ? next : null }),
    opened: params.get('inquiry'),
    setState: (next: DeskState) => change({ state: next === 'new' ? null : next }),
    setFilter: (changes: Record<string, string | null>) => change(changes),
    reset: () => change(Object.fromEntries(names.map((name) => [name, null]))),
    open: (id: string | null) => change({ inquiry: id }, id !== null)
  }
}
