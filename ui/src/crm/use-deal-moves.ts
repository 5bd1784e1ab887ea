import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Deal, DealWithHistory, PipelineStage } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { useDealChanged } from './queries.ts'
import { useTitle } from './use-inquiry-moves.ts'

/** A deal on its way to another stage, shown there before the server has said so. */
export interface Move {
  deal: Deal
  to: PipelineStage
}

const undoMs = 9000

/** Moves of deals between stages, each with a way back. The last stages ask first: see `closing`. */
export function useDealMoves() {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const changed = useDealChanged()
  const [pending, setPending] = useState<Move | null>(null)
  const [closing, setClosing] = useState<Move | null>(null)
  const save = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Record<string, unknown> }) =>
      api<DealWithHistory>('PATCH', `/api/deals/${id}`, body),
    onSuccess: changed,
    onError: (error) => toast('rust', explain(error))
  })

  function put(move: Move, more: Record<string, unknown> = {}): void {
    const { deal, to } = move
    setPending(move)
    save.mutate(
      { id: deal.id, body: { stageId: to.id, ...more } },
      {
        onSuccess: () =>
          toast('pine', t('crm.deal.movedTo', { name: titleOf(deal), stage: to.name }), undoMs, {
            label: t('crm.undo'),
            run: () =>
              save.mutate({
                id: deal.id,
                body: { stageId: deal.stageId, amount: deal.amount, lostReason: deal.lostReason }
              })
          }),
        onSettled: () => setPending(null)
      }
    )
  }

  return {
    pending,
    closing,
    stopClosing: () => setClosing(null),
    save: (id: string, body: Record<string, unknown>) => save.mutate({ id, body }),
    put,
    move(deal: Deal, to: PipelineStage): void {
      if (deal.stageId === to.id) return
      if (to.kind === 'open') put({ deal, to })
      else setClosing({ deal, to })
    }
  }
}
export type DealMoves = ReturnType<typeof useDealMoves>
