import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'

/** How one of the codes of a list is moved: a way that is not there leads over the end, or an order is being saved. */
export function useCodeOrder(things: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const whole = useAll<{ id: string }>(things)
  const now = (whole.data ?? []).map(({ id }) => id)
  const save = useMutation({
    mutationFn: (ids: string[]) => api('PUT', `/api/${things}/order`, { ids, fromIds: now }),
    onSuccess: () => toast('pine', t('settings.orderSaved')),
    // Somebody else’s order may be why.
    onError: (error) => toast('rust', explain(error)),
    // Until the new order is there, nothing is moved from the old one.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['all', things] }),
        client.invalidateQueries({ queryKey: [things] })
      ])
  })
  return (id: string): { onUp: (() => void) | null; onDown: (() => void) | null } => {
    const index = now.indexOf(id)
    const move = (by: -1 | 1) => () => {
      const ids = now.filter((each) => each !== id)
      ids.splice(index + by, 0, id)
      save.mutate(ids)
    }
    return {
      onUp: index > 0 && !save.isPending ? move(-1) : null,
      onDown: index >= 0 && index < now.length - 1 && !save.isPending ? move(1) : null
    }
  }
}
