import { Alert, Button, Group, Loader, Text } from '@mantine/core'
import { IconPhone, IconPhoneOff } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Dictation } from '../../../api/contract/media.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'

interface Props {
  locale: string
  /** The one that is kept; null as long as there is none. */
  onKept: (dictation: Dictation | null) => void
}

/** Rings one's own telephone; after the beep one speaks, and hears it back. */
export function ByPhone({ locale, onKept }: Props) {
  const { t } = useTranslation()
  const start = useMutation({ mutationFn: () => api<Dictation>('POST', '/api/dictations', { locale }) })
  const id = start.data?.id
  const asked = useQuery({
    queryKey: ['dictation', id],
    queryFn: () => api<Dictation>('GET', `/api/dictations/${id ?? ''}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.state === 'kept' || state.data?.state === 'ended' ? false : 700
  })
  const dictation = asked.data ?? start.data
  const isUnderWay = dictation !== undefined && dictation.state !== 'kept' && dictation.state !== 'ended'
  const kept = useRef(onKept)
  kept.current = onKept
  const keptId = dictation?.state === 'kept' ? dictation.id : null
  useEffect(() => {
    if (keptId !== null && dictation) kept.current(dictation)
  }, [keptId, dictation])
  const open = useRef<string | null>(null)
  open.current = isUnderWay ? dictation.id : null
  // Whoever closes the dialog is not rung any more.
  useEffect(
    () => () => {
      if (open.current !== null) inBackground(api('DELETE', `/api/dictations/${open.current}`))
    },
    []
  )
  const cancel = (): void => {
    if (id !== undefined) inBackground(api('DELETE', `/api/dictations/${id}`))
  }
  return (
    <div style={{ display: 'grid', gap: 8, width: '100%' }}>
      <Group gap="sm">
        {isUnderWay ? (
          <Button variant="default" leftSection={<IconPhoneOff size={17} />} onClick={cancel}>
            {t('common.cancel')}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconPhone size={17} />}
            loading={start.isPending}
            onClick={() => {
              onKept(null)
              start.mutate()
            }}
            data-testid="dictate"
          >
            {t(dictation ? 'setup.prompts.phone.again' : 'setup.prompts.phone.ring')}
          </Button>
        )}
        {dictation && (
          <Group gap={8} role="status" data-testid="dictation-state" data-state={dictation.state}>
            {isUnderWay && <Loader size="xs" />}
            <Text fz="sm">
              {dictation.state === 'ended'
                ? t(`setup.prompts.phone.reason.${dictation.reason ?? 'failed'}`)
                : t(`setup.prompts.phone.state.${dictation.state}`, { length: clock(dictation.seconds) })}
            </Text>
          </Group>
        )}
      </Group>
      <Text c="dimmed" fz="xs">
        {t('setup.prompts.phone.help')}
      </Text>
      {start.isError && (
        <Alert color="rust" role="alert">
          {explain(start.error)}
        </Alert>
      )}
    </div>
  )
}
