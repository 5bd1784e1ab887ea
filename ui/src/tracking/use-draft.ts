import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

/** What somebody changes in a thing, until they save it or take it back. */
export interface Draft<T> {
  value: T
  isDirty: boolean
  isSaving: boolean
  error: Error | null
  set: (change: Partial<T>) => void
  undo: () => void
  save: () => void
  /** The server's words about a field, or about something in it. */
  errorOf: (name: string) => string | undefined
}

/** @param things collection in the API */
export function useDraft<T extends { id: string }>(things: string, saved: T): Draft<T> {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [change, setChange] = useState<Partial<T>>({})
  const save = useMutation({
    mutationFn: () => api('PATCH', `/api/${things}/${saved.id}`, change),
    onSuccess: async () => {
      toast('pine', t('common.saved'))
      await client.invalidateQueries({ queryKey: ['all', things] })
      setChange({})
    }
  })
  const errors = fieldErrors(save.error)
  return {
    value: { ...saved, ...change },
    isDirty: Object.keys(change).length > 0,
    isSaving: save.isPending,
    error: save.error,
    set: (next) => setChange((old) => ({ ...old, ...next })),
    undo: () => {
      setChange({})
      save.reset()
    },
    save: () => save.mutate(),
    errorOf: (name) =>
      errors[name] ?? Object.entries(errors).find(([path]) => path.startsWith(`${name}.`))?.[1]
  }
}
