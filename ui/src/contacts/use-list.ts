import { useState } from 'react'
import { useSearchParams } from 'react-router'

const names = ['search', 'ownerId', 'tag', 'companyId', 'custom', 'sort'] as const
export type ListFilter = Partial<Record<(typeof names)[number], string>>

/** The list as the address has it. */
export function useList() {
  const [params, setParams] = useSearchParams()
  const filter: ListFilter = {}
  for (const name of names) {
    const value = params.get(name)
    if (value) filter[name] = value
  }
  const change = (changes: Record<string, string | null>): void => {
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        for (const [name, value] of Object.entries(changes)) {
          if (value) next.set(name, value)
          else next.delete(name)
        }
        return next
      },
      { replace: true }
    )
  }
  return {
    filter,
    isCompanies: params.get('tab') === 'companies',
    isNarrowed: names.some((name) => name !== 'sort' && filter[name] !== undefined),
    setFilter: change,
    setTab: (tab: string) => change({ ...cleared, tab: tab === 'companies' ? tab : null }),
    reset: () => change(cleared)
  }
}
const cleared = Object.fromEntries(names.map((name) => [name, null]))

export const columnNames = ['phones', 'emails', 'company', 'tags', 'owner', 'lastCall', 'created'] as const
export type ColumnName = (typeof columnNames)[number]
const usual: readonly ColumnName[] = ['phones', 'company', 'tags', 'owner', 'lastCall']
const key = 'ringtrace.contactColumns'

function read(): ColumnName[] {
  const kept = localStorage.getItem(key)
  if (kept === null) return [...usual]
  const wanted = new Set(kept.split(','))
  return columnNames.filter((name) => wanted.has(name))
}

/** Which columns this person wants; kept in this browser. */
export function useColumns() {
  const [shown, setShown] = useState(read)
  return {
    shown,
    toggle(name: ColumnName) {
      const next = columnNames.filter((each) =>
        each === name ? !shown.includes(each) : shown.includes(each)
      )
      localStorage.setItem(key, next.join(','))
      setShown(next)
    }
  }
}
