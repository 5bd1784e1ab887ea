import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SetupChange, SetupState, SetupStep } from '../../../api/contract/setup.ts'
import { api } from '../lib/api.ts'

/** In the order of the wizard. */
export const steps = [
  'company',
  'address',
  'trunk',
  'number',
  'scheme',
  'people',
  'tryout'
] as const satisfies readonly SetupStep[]

const queryKey = ['setup']

/** How far the setup has come. */
export function useSetup(isOn = true) {
  return useQuery({
    queryKey,
    queryFn: () => api<SetupState>('GET', '/api/setup'),
    staleTime: 5000,
    enabled: isOn
  })
}

/** Notes something of the setup; what the server answers is what all screens show next. */
export function useSetupChange() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: SetupChange) => api<SetupState>('PUT', '/api/setup', change),
    onSuccess: (state) => client.setQueryData(queryKey, state)
  })
}

/** What was made in a step counts there at once. */
export function useSetupAgain(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey })
}

/** Steps that nobody has done yet. */
export const left = ({ steps: states }: SetupState): SetupStep[] =>
  steps.filter((step) => states[step] !== 'done')
