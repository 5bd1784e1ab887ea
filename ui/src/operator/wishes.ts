import { useMutation } from '@tanstack/react-query'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

/** What can be asked of a call in progress, with the address of each under `/api/calls/:id/`. */
export type WishPath =
  | 'hold'
  | 'transfer'
  | 'complete-transfer'
  | 'cancel-transfer'
  | 'swap'
  | 'join'
  | 'park'
  | 'take'
  | 'pause-recording'
  | 'prioritise'
  | 'watch'
  | 'stop-watching'
  | 'take-over'

interface Asked {
  path: WishPath
  body?: object
}

/** Asks the server something about a call; what it refuses is said in the corner. What it grants shows in the feed. */
export function useWish(callId: string | null) {
  return useMutation({
    mutationFn: ({ path, body }: Asked) =>
      api<{ result: 'done'; slot?: number }>('POST', `/api/calls/${callId ?? ''}/${path}`, body ?? {}),
    onError: (error) => toast('rust', explain(error))
  })
}
