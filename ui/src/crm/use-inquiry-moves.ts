import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { DealWithHistory, Inquiry } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { useCrmChanged } from './queries.ts'

export type Movable = Pick<Inquiry, 'id' | 'title' | 'state' | 'responsible'>
type Free = 'new' | 'inWork' | 'closed' | 'spam'

const undoMs = 9000

/** A title for people: the server has no words for a hidden number, and writes numbers in E.164. */
export function useTitle(): (thing: { title: string }) => string {
  const { t } = useTranslation()
  return ({ title }) => (title === 'anonymous' ? t('crm.anonymous') : formatPhone(title))
}

/** What people do with an inquiry, each with a way back. */
export function useInquiryMoves() {
  const { t } = useTranslation()
  const me = useMe()
  const titleOf = useTitle()
  const changed = useCrmChanged()
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Record<string, unknown> }) =>
      api('PATCH', `/api/inquiries/${id}`, body),
    onSuccess: changed,
    onError: (error) => toast('rust', explain(error))
  })
  const undo = useMutation({
    mutationFn: (id: string) => api('POST', `/api/inquiries/${id}/undo-accept`, {}),
    onSuccess: changed,
    onError: (error) => toast('rust', explain(error))
  })

  const words: Record<Free, 'crm.desk.back' | 'crm.taken' | 'crm.desk.closed' | 'crm.desk.marked'> = {
    new: 'crm.desk.back',
    inWork: 'crm.taken',
    closed: 'crm.desk.closed',
    spam: 'crm.desk.marked'
  }

  function move(inquiry: Movable, state: Free, spamReason: string | null = null): void {
    if (inquiry.state === 'accepted' || inquiry.state === state) return
    const before: Free = inquiry.state
    // Who takes what nobody has, has it from then on.
    const isTaken = state === 'inWork' && inquiry.responsible === null
    const back = { state: before, ...(isTaken && { responsibleId: null }) }
    save.mutate(
      {
        id: inquiry.id,
        body: {
          state,
          ...(state === 'spam' && { spamReason }),
          ...(isTaken && { responsibleId: me.id })
        }
      },
      {
        onSuccess: () => {
          if (state === 'spam' || before === 'spam')
            inBackground(client.invalidateQueries({ queryKey: ['calls'] }))
          toast('pine', t(words[state], { name: titleOf(inquiry) }), undoMs, {
            label: t('crm.undo'),
            run: () => save.mutate({ id: inquiry.id, body: back })
          })
        }
      }
    )
  }

  return {
    move,
    save: (id: string, body: Record<string, unknown>) => save.mutate({ id, body }),
    isBusy: save.isPending,
    /** Says that a deal was opened, or joined, and lets it be taken back. */
    accepted(inquiry: Movable, deal: DealWithHistory): void {
      const isJoined = deal.inquiryId !== inquiry.id
      toast('pine', t(isJoined ? 'crm.desk.joined' : 'crm.desk.accepted', { name: titleOf(deal) }), undoMs, {
        label: t('crm.undo'),
        run: () => undo.mutate(inquiry.id)
      })
      inBackground(changed())
    }
  }
}
