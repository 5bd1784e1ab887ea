import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useSearchParams } from 'react-router'
import { inBackground } from '../lib/in-background.ts'
import { numberOfLink } from '../lib/phone-link.ts'
import { toast } from '../lib/toast.tsx'
import { useCurrentCall } from '../softphone/use-current-call.ts'

interface Asked {
  dial: string
}

/**
 * Where `tel:` links of other programs lead: `/call?to=…`. It fills the dial box and places no call: any page on the
 * web can open such an address, in a frame or by a click on something else, and calls cost money. Only a press on our
 * own page starts one, and only for somebody who is signed in: the sign-in stands before this page.
 */
export default function CallLink() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const isInCall = useCurrentCall() !== null
  const number = numberOfLink(params.get('to'))
  useEffect(() => {
    if (number === null) toast('rust', t('own.dial.linkBad'))
    else if (isInCall) toast('amber', t('own.dial.linkCall'))
    const state: Asked | null = number === null || isInCall ? null : { dial: number }
    inBackground(Promise.resolve(navigate('/', { replace: true, state })))
    // Once: where it leads is decided at the moment of coming.
  }, [])
  return null
}

/** What brought somebody to the dial box: a link with a number, or only the wish to type one (`dial` is empty then). */
export function useAskedNumber(): { asked: string | null; isWanted: boolean; done: () => void } {
  const navigate = useNavigate()
  const { state } = useLocation() as { state: unknown }
  const dial =
    typeof state === 'object' && state !== null && 'dial' in state && typeof state.dial === 'string'
      ? state.dial
      : null
  return {
    asked: dial === '' ? null : dial,
    isWanted: dial === '',
    done: () => dial !== null && inBackground(Promise.resolve(navigate('/', { replace: true })))
  }
}
