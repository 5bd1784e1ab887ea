import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { z } from 'zod'
import type { loginAnswer } from '../../../api/contract/config.ts'
import type { Me } from '../../../api/contract/config.ts'
import { api, ApiError, keepCsrfToken } from '../lib/api.ts'

type LoginAnswer = z.infer<typeof loginAnswer>

async function whoAmI(): Promise<Me | null> {
  try {
    const me = await api<Me>('GET', '/api/me')
    keepCsrfToken(me.csrfToken)
    return me
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401) return null
    throw error
  }
}

/** Who is signed in here: undefined while asking, null when nobody is. */
export function useSession() {
  return useQuery({ queryKey: ['me'], queryFn: whoAmI, staleTime: Infinity, retry: 2 })
}

export const MeContext = createContext<Me | null>(null)

/** The signed-in user. Only for what is shown inside the shell. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('Used outside the signed-in part of the app')
  return me
}

/** Signs in. @throws ApiError `invalid_credentials`, `too_many_attempts`, `network` … */
export function useLogin() {
  const client = useQueryClient()
  return async (login: string, password: string, code?: string): Promise<void> => {
    const body = { login, password, ...(code !== undefined && { code }) }
    const answer = await api<LoginAnswer>('POST', '/api/auth/login', body)
    keepCsrfToken(answer.csrfToken)
    client.setQueryData(['me'], { ...answer.user, csrfToken: answer.csrfToken })
  }
}

/** Whether the password was right, and only the code of the second factor is missing. */
export const asksForCode = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === 'second_factor_needed'

/** Forgets everything that was loaded for the last user. */
export function forgetSession(client: QueryClient): void {
  keepCsrfToken(null)
  client.removeQueries({ predicate: (each) => each.queryKey[0] !== 'me' && each.queryKey[0] !== 'demo' })
  client.setQueryData(['me'], null)
}
