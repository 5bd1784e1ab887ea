import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { withTexts } from '../i18n/index.ts'

const View = lazy(withTexts(['sip-trace'], () => import('./trunk-test-view.tsx')))

/** Tests a trunk and shows every step of it, with what went wrong. Brings its own texts: put it anywhere. */
export function TrunkTest({ trunkId }: { trunkId: string }) {
  return (
    <Suspense fallback={<Skeleton height={120} />}>
      <View key={trunkId} trunkId={trunkId} />
    </Suspense>
  )
}
