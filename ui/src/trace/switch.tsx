import { Button, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TraceSwitch } from '../../../api/contract/sip-trace.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { useTraceSwitch } from './queries.ts'
import styles from './trace.module.css'

const times = { hour: 60, shift: 480, day: 1440 } as const
type Time = keyof typeof times

/** Keeps the SIP messages of a trunk's calls for some time, or shows until when they are kept. */
export function KeepSwitch({ trunkId, kept }: { trunkId: string; kept: TraceSwitch | null }) {
  const { t } = useTranslation()
  const [time, setTime] = useState<Time>('hour')
  const turn = useTraceSwitch(`/api/trunks/${trunkId}/trace`, ['trunk-trace', trunkId])
  return (
    <section className={styles.test} data-testid="trace-switch">
      <div>
        <Text fw={600} fz="sm">
          {t('sipTrace.switch.title')}
        </Text>
        <Text c="dimmed" fz="sm">
          {t('sipTrace.switch.about')}
        </Text>
      </div>
      <div className={styles.switch}>
        {kept ? (
          <>
            <Kept kept={kept} />
            <Button variant="default" size="xs" loading={turn.isPending} onClick={() => turn.mutate(null)}>
              {t('sipTrace.switch.off')}
            </Button>
          </>
        ) : (
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('sipTrace.switch.minutes')}
              value={time}
              onChange={(next) => setTime(next)}
              data={(Object.keys(times) as Time[]).map((value) => ({
                value,
                label: t(`sipTrace.switch.for.${value}`)
              }))}
            />
            <Button
              variant="default"
              size="xs"
              loading={turn.isPending}
              onClick={() => turn.mutate({ minutes: times[time] })}
            >
              {t('sipTrace.switch.start')}
            </Button>
          </>
        )}
      </div>
      {turn.isError && (
        <Text c="rust" fz="sm" role="alert">
          {explain(turn.error)}
        </Text>
      )}
    </section>
  )
}

/** Until when, and who wished it. */
export function Kept({ kept: { until, by } }: { kept: TraceSwitch }) {
  const { t } = useTranslation()
  const time = fullTime(until)
  const told = by === null ? time : t('sipTrace.switch.by', { time, name: by })
  return <Text fz="sm">{t('sipTrace.switch.on', { time: told })}</Text>
}
