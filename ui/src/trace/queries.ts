import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CallTrace, SwitchCallTrace, TrunkTest, TrunkTrace } from '../../../api/contract/sip-trace.ts'
import { api } from '../lib/api.ts'

/** Often enough that messages seem to come by themselves. */
const watchMs = 400

/** What is known of a trunk's SIP; asked again and again while a test runs. */
export function useTrunkTrace(trunkId: string) {
  return useQuery({
    queryKey: ['trunk-trace', trunkId],
    queryFn: () => api<TrunkTrace>('GET', `/api/trunks/${trunkId}/trace`),
    refetchInterval: ({ state }) => (state.data?.test?.state === 'running' ? watchMs : false)
  })
}

/** Begins a test of a trunk. */
export function useStartTest(trunkId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api<TrunkTest>('POST', `/api/trunks/${trunkId}/test`),
    onSuccess: (test) => {
      client.setQueryData<TrunkTrace>(['trunk-trace', trunkId], (before) => before && { ...before, test })
      return client.invalidateQueries({ queryKey: ['trunk-trace', trunkId] })
    }
  })
}

/** What is known of a call's SIP; of one in progress it grows. */
export function useCallTrace(callId: string, isRunning: boolean) {
  return useQuery({
    queryKey: ['call', callId, 'trace'],
    queryFn: () => api<CallTrace>('GET', `/api/calls/${callId}/trace`),
    refetchInterval: isRunning ? 2000 : false
  })
}

/** Switches keeping on for some minutes, or off with null. */
export function useTraceSwitch(path: string, key: readonly string[]) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SwitchCallTrace | null) =>
      api<unknown>(body ? 'PUT' : 'DELETE', path, body ?? undefined),
    onSuccess: () => client.invalidateQueries({ queryKey: key })
  })
}
