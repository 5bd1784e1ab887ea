import { Skeleton, Text } from '@mantine/core'
import { lazy, Suspense, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import type { JournalCall } from '../../../api/contract/calls.ts'
import type { Marker, PlayerHandle } from './player.tsx'

const Player = lazy(withTexts(['calls', 'journal'], () => import('./player.tsx')))

/** A call's recording: the player, or plainly why there is nothing to hear. */
export function Recording({
  call,
  autoPlay = false,
  markers = [],
  handle
}: {
  call: JournalCall
  autoPlay?: boolean
  markers?: readonly Marker[]
  handle?: Ref<PlayerHandle>
}) {
  const { t } = useTranslation()
  const { recording } = call
  if (!recording) {
    return (
      <Text c="dimmed" fz="sm" data-testid="recording-state" data-state="none">
        {t('recording.none')}
      </Text>
    )
  }
  if (recording.state !== 'ready' || !recording.url) {
    const isLost = recording.state === 'missing' || recording.state === 'failed'
    return (
      <Text c={isLost ? 'rust' : 'dimmed'} fz="sm" data-testid="recording-state" data-state={recording.state}>
        {recording.state === 'ready' ? t('recording.notForYou') : t(`recording.state.${recording.state}`)}
      </Text>
    )
  }
  return (
    <Suspense fallback={<Skeleton height={86} />}>
      <Player
        url={recording.url}
        seconds={recording.seconds}
        autoPlay={autoPlay}
        markers={markers}
        names={[
          call.contact?.name ?? call.callerName ?? t('recording.client'),
          call.operator?.name ?? t('recording.operator')
        ]}
        {...(handle && { handle })}
      />
    </Suspense>
  )
}
