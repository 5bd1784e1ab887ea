import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { useMe } from '../session/session.ts'
import { Findings } from './findings.tsx'
import { Ladder, type Marked } from './ladder.tsx'
import { useCallTrace, useTraceSwitch } from './queries.ts'
import { Kept } from './switch.tsx'

/** The SIP of one call: what was kept of it, and, for admins, the switch that keeps more. */
export default function CallTrace({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const me = useMe()
  const isRunning = call.endedAt === null
  const trace = useCallTrace(call.id, isRunning)
  const [marked, setMarked] = useState<Marked | null>(null)
  // Whoever may not see it, or where there is nothing to see and nothing to switch, has no such section.
  if (!trace.data) return null
  const { ladder, isListening } = trace.data
  const maySwitch = me.role === 'admin' && isListening
  if (!ladder && !maySwitch) return null
  return (
    <section data-testid="call-trace">
      <div className="eyebrow">{t('sipTrace.call.title')}</div>
      {ladder ? (
        <>
          <Findings findings={ladder.findings} onShow={(message) => setMarked({ message })} />
          <Ladder ladder={ladder} fileName={`call-${call.id}`} marked={marked} />
        </>
      ) : (
        <Text c="dimmed" fz="sm">
          {t('sipTrace.call.none')}
        </Text>
      )}
      {maySwitch && <Switches call={call} isRunning={isRunning} trace={trace.data} />}
    </section>
  )
}

type Trace = NonNullable<ReturnType<typeof useCallTrace>['data']>

function Switches(props: { call: JournalCallWithLegs; isRunning: boolean; trace: Trace }) {
  const { call, isRunning, trace } = props
  const { t } = useTranslation()
  const turn = useTraceSwitch(`/api/calls/${call.id}/trace`, ['call', call.id, 'trace'])
  const kept = trace.call ?? trace.number
  return (
    <>
      <Group gap="xs">
        {kept ? (
          <>
            <Kept kept={kept} />
            <Button variant="default" size="xs" loading={turn.isPending} onClick={() => turn.mutate(null)}>
              {t('sipTrace.switch.off')}
            </Button>
          </>
        ) : (
          <>
            {isRunning && (
              <Button
                variant="default"
                size="xs"
                loading={turn.isPending}
                onClick={() => turn.mutate({ scope: 'call' })}
              >
                {t('sipTrace.call.running')}
              </Button>
            )}
            {call.callerNumber && (
              <Button
                variant="default"
                size="xs"
                loading={turn.isPending}
                onClick={() => turn.mutate({ scope: 'number' })}
                data-testid="trace-next-calls"
              >
                {t('sipTrace.call.next', { number: formatPhone(call.callerNumber) })}
              </Button>
            )}
          </>
        )}
      </Group>
      {turn.isError && (
        <Text c="rust" fz="sm" role="alert">
          {explain(turn.error)}
        </Text>
      )}
    </>
  )
}
