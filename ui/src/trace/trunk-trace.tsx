import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { withTexts } from '../i18n/index.ts'

const View = lazy(withTexts(['sip-trace'], () => import('./trunk-trace-view.tsx')))

/** A trunk's test, its last registration, and the switch for its calls. Brings its own texts: put it anywhere. */
export function TrunkTrace({ trunkId }: { trunkId: string }) {
  return (
    <Suspense fallback={<Skeleton height={160} />}>
      <View key={trunkId} trunkId={trunkId} />
    </Suspense>
  )
}
