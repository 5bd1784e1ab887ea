import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { readFilters, withFields, writeFilters, type FieldValues, type Filters } from './filters.ts'

/** The filters of the address, and how to change them; the opened call stands there too. */
export function useFilters() {
  const [params, setParams] = useSearchParams()
  const filters = useMemo(() => readFilters(params), [params])
  const openedCall = params.get('call')
  return {
    filters,
    openedCall,
    change: (changes: Partial<Filters>) => {
      setParams((old) => writeFilters({ ...readFilters(old), ...changes }), { replace: true })
    },
    changeFields: (changes: FieldValues) => {
      setParams(
        (old) => {
          const filters = readFilters(old)
          return writeFilters({ ...filters, fields: withFields(filters.fields, changes) })
        },
        { replace: true }
      )
    },
    reset: () => setParams(new URLSearchParams(), { replace: true }),
    /** Shows what an address says, as it stands in a saved view. */
    show: (query: string) => setParams(writeFilters(readFilters(new URLSearchParams(query)))),
    open: (id: string | null) => {
      setParams((old) => {
        const next = writeFilters(readFilters(old))
        if (id) next.set('call', id)
        return next
      })
    }
  }
}
