import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { crmEvents } from '../../../crm/events.ts'
import { presets } from '../../../integrations/webhooks/core/presets.ts'
import { webhookEvents } from '../../../pbx/call/moments.ts'
import type { WebhookDelivery } from '../../../api/contract/webhooks.ts'

export const callEvents: readonly string[] = webhookEvents
export const allEvents: readonly string[] = [...webhookEvents, ...crmEvents]
export const presetNames = Object.keys(presets)

export const stateColours: Record<WebhookDelivery['state'], string> = {
  pending: 'amber',
  delivered: 'pine',
  failed: 'rust'
}

/** Events in the reader's words; one that is not known yet stands as it is. */
export function useEventName(): (event: string) => string {
  const { t } = useTranslation()
  return (event) => {
    const word = event.replace('.', '_')
    return i18next.exists(`hooks.event.${word}`) ? t(`hooks.event.${word as 'call_ended'}`) : event
  }
}

/** Whether the status says all there is to say: of redirects the reader must know that they are not followed. */
export const isToldByStatus = ({ status }: { status: number | null }): boolean =>
  status !== null && status >= 400
