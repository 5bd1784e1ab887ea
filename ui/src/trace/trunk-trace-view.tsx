import { Skeleton, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import { Findings } from './findings.tsx'
import { Ladder, type Marked } from './ladder.tsx'
import { useTrunkTrace } from './queries.ts'
import { KeepSwitch } from './switch.tsx'
import TrunkTestView from './trunk-test-view.tsx'

/** All that is known of the SIP of one trunk. */
export default function TrunkTraceView({ trunkId }: { trunkId: string }) {
  const { t } = useTranslation()
  const trace = useTrunkTrace(trunkId)
  const [marked, setMarked] = useState<Marked | null>(null)
  if (trace.isPending) return <Skeleton height={160} />
  if (trace.isError) return <Text role="alert">{explain(trace.error)}</Text>
  const { registration, test, isListening, switch: kept } = trace.data
  return (
    <Stack gap={24} data-testid="trunk-trace">
      <TrunkTestView trunkId={trunkId} />
      {/* The test shows the same registration, while it is the newest. */}
      {registration && !test && (
        <section>
          <div className="eyebrow">{t('sipTrace.registration.title')}</div>
          <Stack gap={12} mt={8}>
            <Findings findings={registration.findings} onShow={(message) => setMarked({ message })} />
            <Ladder ladder={registration} fileName="registration" marked={marked} />
          </Stack>
        </section>
      )}
      {isListening && <KeepSwitch trunkId={trunkId} kept={kept} />}
    </Stack>
  )
}
