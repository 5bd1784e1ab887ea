import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import type { CallbackItem, TaskItem } from '../../../api/contract/dialling.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, isToday, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'

const undoMs = 10_000

/** A moment to come, in words: the hour for today, else day and hour. */
export const momentOf = (iso: string): string =>
  isToday(iso) ? timeOfDay(iso) : `${dayOf(iso)}, ${timeOfDay(iso)}`

/** Makes what is owed to the client of a call, for whoever makes it; each can be taken back. */
export function useOwed(call: JournalCallWithLegs) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const changed = (): Promise<unknown> => client.invalidateQueries({ queryKey: ['work'] })
  const undo = (path: string): { label: string; run: () => void } => ({
    label: t('client.undo'),
    run: () =>
      inBackground(
        api('PATCH', path, { state: 'cancelled' }).then(async () => {
          toast('pine', t('nextStep.undone'), 3000)
          await changed()
        })
      )
  })
  const onError = (error: Error): void => toast('rust', explain(error), 12_000)

  const callBack = useMutation({
    mutationFn: (atMs: number) =>
      api<CallbackItem & { isMerged: boolean }>('POST', '/api/callbacks', {
        phone: call.callerNumber,
        name: call.contact?.name.startsWith('+') ? null : (call.contact?.name ?? null),
        at: new Date(atMs).toISOString(),
        userId: me.id,
        contactId: call.contact?.id ?? null,
        parentCallId: call.id
      }),
    onSuccess: async ({ id, at, isMerged }, atMs) => {
      const time = momentOf(at ?? new Date(atMs).toISOString())
      // One that somebody ordered before is not ours to take back.
      if (isMerged) toast('amber', t('nextStep.merged', { time }), undoMs)
      else toast('pine', t('nextStep.callbackMade', { time }), undoMs, undo(`/api/callbacks/${id}`))
      await changed()
    },
    onError
  })
  const addTask = useMutation({
    mutationFn: ({ title, dueMs }: { title: string; dueMs: number }) =>
      api<TaskItem>('POST', '/api/tasks', {
        title,
        assigneeId: me.id,
        phone: call.callerNumber,
        callId: call.id,
        contactId: call.contact?.id ?? null,
        dueAt: new Date(dueMs).toISOString()
      }),
    onSuccess: async ({ id }, { dueMs }) => {
      const time = momentOf(new Date(dueMs).toISOString())
      toast('pine', t('nextStep.taskMade', { time }), undoMs, undo(`/api/tasks/${id}`))
      await changed()
    },
    onError
  })
  return { callBack, addTask }
}
