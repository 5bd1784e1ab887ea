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
  contactId?: string | null | undefined
}

/**
 * Asks for a call that rings the own telephones first: this page answers it by itself, for its user has pressed a
 * button already.
 */
export function usePlacedCall<T>(request: (wanted: T) => { path: string; body: object }) {
  const { t } = useTranslation()
  return useMutation({
    mutationFn: (wanted: T) => {
      const { path, body } = request(wanted)
      expectCall(null)
      return api<Placed>('POST', path, body, { 'idempotency-key': `ui-${Date.now()}-${Math.random()}` })
    },
    onSuccess: ({ callId, warnings }) => {
      expectCall(callId)
      if (warnings?.includes('do_not_call')) toast('amber', t('dial.askedForNoCalls'))
    },
    onError: () => expectNoCall()
  })
}

/** Calls a number, or a colleague by extension: the own telephone first, then the other side. */
export const useClickToCall = () =>
  usePlacedCall<WantedCall>(({ to, contactId }) => ({
    path: '/api/calls',
    body: { to, ...(contactId ? { contactId } : {}) }
  }))

/** Marketers see numbers and call nobody. */
export const useMayCall = (): boolean => useMe().role !== 'marketer'

interface Props {
  number: string | null | undefined
  name?: string | null | undefined
  contactId?: string | null | undefined
  /** The call is what this line is there for. */
  isLoud?: boolean
  isBusy?: boolean
  /** What a press does instead of a plain call to the number. */
  onPress?: () => void
  testId?: string
}

/** A small button beside a number, on any screen: calls it, or says why not. Nothing for those who may not call. */
export function CallNumber({
  number,
  name,
  contactId,
  isLoud = false,
  isBusy = false,
  onPress,
  testId
}: Props) {
  const { t } = useTranslation()
  const mayCall = useMayCall()
  const call = useClickToCall()
  if (!number || !mayCall) return null
  const shown = formatPhone(number)
  const press = (): void =>
    call.mutate(
      { to: number, contactId },
      { onError: (error) => toast('rust', `${shown}: ${explain(error)}`, 12_000) }
    )
  return (
    <ActionIcon
      variant={isLoud ? 'light' : 'subtle'}
      color="pine"
      size={isLoud ? 30 : 'sm'}
      aria-label={`${t('dial.call')}: ${name ?? shown}`}
      title={`${t('dial.call')}: ${shown}`}
      loading={call.isPending || isBusy}
      onClick={(event) => {
        event.stopPropagation()
        ;(onPress ?? press)()
      }}
      // A row that opens something by Enter would open it too.
      onKeyDown={(event) => event.stopPropagation()}
      data-testid={testId ?? 'call-number'}
      data-number={number}
    >
      <IconPhoneOutgoing size={16} />
    </ActionIcon>
  )
}

/** A client's number as people write it, with the button that calls it. */
export function PhoneNumber({ number, name, contactId }: Pick<Props, 'number' | 'name' | 'contactId'>) {
  if (!number) return null
  return (
    <span style={{ alignItems: 'center', display: 'inline-flex', gap: 4, whiteSpace: 'nowrap' }}>
      <span className="num">{formatPhone(number)}</span>
      <CallNumber number={number} name={name} contactId={contactId} />
    </span>
  )
}
