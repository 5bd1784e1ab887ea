import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { WrapUpCode } from '../../../api/contract/operators.ts'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { useKeys } from '../lib/use-keys.ts'
import styles from './operator.module.css'

/** So many codes have a key. */
const mostKeys = 9

/** The codes in use, in the order of their keys. */
export function useWrapUpCodes() {
  const { i18n } = useTranslation()
  const codes = useQuery({
    queryKey: ['wrap-up-codes'],
    queryFn: () => api<Page<WrapUpCode>>('GET', '/api/wrap-up-codes?limit=100'),
    staleTime: 300_000
  })
  return (codes.data?.items ?? [])
    .filter(({ isActive }) => isActive)
    .map((code) => ({ code: code.code, name: i18n.language === 'ru' ? code.nameRu : code.nameEn }))
}

/** How the talk ended: one press, or one of the keys 1 … 9. Pressed again it is taken back. */
export function WrapUpCodes({ callId, isOwed }: { callId: string; isOwed: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const codes = useWrapUpCodes()
  const call = useQuery({
    queryKey: ['call', callId],
    queryFn: () => api<JournalCallWithLegs>('GET', `/api/calls/${callId}`)
  })
  const save = useMutation({
    mutationFn: (code: string | null) => api('PATCH', `/api/calls/${callId}`, { wrapUpCode: code }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['call', callId] }),
    onError: (error) => toast('rust', explain(error))
  })
  const shown = save.isPending ? save.variables : (call.data?.wrapUpCode ?? null)
  const choose = (code: string): void => {
    // A code that is owed cannot be taken back, only changed.
    if (!save.isPending) save.mutate(shown === code && !isOwed ? null : code)
  }
  const keys = codes.slice(0, mostKeys).map(({ code }, index) => [`Digit${index + 1}`, () => choose(code)])
  useKeys(Object.fromEntries(keys) as Record<string, () => void>, 'call')
  if (codes.length === 0) return null
  return (
    <div
      className={styles.codes}
      role="group"
      aria-label={t('shift.codes.title')}
      data-testid="wrap-up-codes"
    >
      {codes.map(({ code, name }, index) => (
        <button
          key={code}
          type="button"
          className={styles.code}
          aria-pressed={shown === code}
          onClick={() => choose(code)}
          data-testid={`code-${code}`}
        >
          {index < mostKeys && <kbd className="hint">{index + 1}</kbd>}
          <span>{name}</span>
        </button>
      ))}
    </div>
  )
}
