import { Button } from '@mantine/core'
import { IconPhoneIncoming } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'

interface Placed {
  from?: string
  to?: string
}

/** Asks the demo carrier to call one of the company's numbers. */
export function PlaceTestCall({ variant = 'filled' }: { variant?: 'filled' | 'default' }) {
  const { t } = useTranslation()
  const place = useMutation({
    mutationFn: () =>
      api<Placed>('POST', '/api/demo/calls', {}, { 'idempotency-key': `ui-${Date.now()}-${Math.random()}` }),
    onSuccess: ({ from, to }) =>
      toast(
        'pine',
        from && to
          ? t('demo.placed', { from: formatPhone(from), to: formatPhone(to) })
          : t('demo.placedShort')
      ),
    onError: (error) => toast('rust', explain(error), 10_000)
  })
  return (
    <Button
      variant={variant}
      leftSection={<IconPhoneIncoming size={18} />}
      loading={place.isPending}
      onClick={() => place.mutate()}
      data-testid="place-test-call"
    >
      {t('demo.placeCall')}
    </Button>
  )
}
