import { ActionIcon } from '@mantine/core'
import { IconPhoneOutgoing } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { expectCall, expectNoCall } from '../softphone/expected.ts'

interface Placed {
  callId: string
  /** `do_not_call`: the client asked for no calls, a person may call all the same. */
  warnings?: string[]
}

export interface WantedCall {
  to: string
  contactId?: string | null
}

/** Calls a number: the own telephone first (this page answers it by itself), then the client. */
export function useClickToCall() {
  const { t } = useTranslation()
  return useMutation({
    mutationFn: ({ to, contactId }: WantedCall) => {
      expectCall(null)
      return api<Placed>(
        'POST',
        '/api/calls',
        { to, ...(contactId ? { contactId } : {}) },
        { 'idempotency-key': `ui-${Date.now()}-${Math.random()}` }
      )
    },
    onSuccess: ({ callId, warnings }) => {
      expectCall(callId)
      if (warnings?.includes('do_not_call')) toast('amber', t('dial.askedForNoCalls'))
    },
    onError: () => expectNoCall()
  })
}

/** A small button beside a number, on any screen: calls it. */
export function CallNumber({ number, name }: { number: string | null | undefined; name?: string | null }) {
  const { t } = useTranslation()
  const me = useMe()
  const call = useClickToCall()
  if (!number || me.role === 'marketer') return null
  const shown = formatPhone(number)
  return (
    <ActionIcon
      variant="subtle"
      color="pine"
      size="sm"
      aria-label={`${t('dial.call')}: ${name ?? shown}`}
      title={`${t('dial.call')}: ${shown}`}
      loading={call.isPending}
      onClick={(event) => {
        event.stopPropagation()
        call.mutate(
          { to: number },
          { onError: (error) => toast('rust', `${shown}: ${explain(error)}`, 12_000) }
        )
      }}
      data-testid="call-number"
      data-number={number}
    >
      <IconPhoneOutgoing size={16} />
    </ActionIcon>
  )
}
