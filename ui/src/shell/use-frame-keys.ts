import { useNavigate } from 'react-router'
import { inBackground } from '../lib/in-background.ts'
import { useKeys } from '../lib/use-keys.ts'
import { useMe } from '../session/session.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import { useOwnPresence } from './presence.tsx'

/** What a key brings somebody to, by the `data-key` of the element. */
type Place = 'dial' | 'note' | 'status'

const placeOf = (place: Place): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-key=${place}]`)

/** The keys that work on every page: pages by their number, and the way to the dial box, the note and the own status. */
export function useFrameKeys(pages: readonly string[], onSheet: () => void): void {
  const me = useMe()
  const navigate = useNavigate()
  const { call } = useSoftphone()
  const presence = useOwnPresence()
  const mayCall = me.role !== 'marketer'
  // In a talk digits belong to the keypad, after it to the codes of how it ended.
  const areDigitsFree = !call && presence !== 'wrapUp'
  const dial = (): void => {
    const field = placeOf('dial')
    if (field) field.focus()
    else if (!call) inBackground(Promise.resolve(navigate('/', { state: { dial: '' } })))
  }
  useKeys(
    {
      '?': onSheet,
      KeyC: mayCall ? dial : undefined,
      KeyN: () => placeOf('note')?.focus(),
      KeyS: mayCall ? () => placeOf('status')?.click() : undefined,
      ...Object.fromEntries(
        pages.map((to, index) => [
          `Digit${index + 1}`,
          areDigitsFree ? () => inBackground(Promise.resolve(navigate(to))) : undefined
        ])
      )
    },
    'frame'
  )
}
