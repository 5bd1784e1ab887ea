import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { clock, formatPhone, secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import { parkedCalls } from '../live/board.ts'
import { useBoard } from '../live/use-live.tsx'
import { expectCall } from '../softphone/expected.ts'
import styles from './operator.module.css'
import { useWish } from './wishes.ts'

function ParkedCall({ call, canTake }: { call: LiveCall; canTake: boolean }) {
  const { t } = useTranslation()
  const now = useNow()
  const wish = useWish(call.id)
  const { parked } = call
  if (!parked) return null
  const take = (): void => {
    expectCall(call.id)
    wish.mutate({ path: 'take' })
  }
  return (
    <div className={styles.parked} data-testid="parked-call" data-slot={parked.slot}>
      <span className={`num ${styles.slot}`}>{parked.slot}</span>
      <div style={{ minWidth: 0 }}>
        <Text fw={560} className="cut">
          {call.contact?.name ?? call.caller.name ?? formatPhone(call.caller.number)}
        </Text>
        <Text c="dimmed" fz="sm" className="cut">
          {parked.by} · <span className="num">{clock(secondsSince(parked.since, now))}</span>
        </Text>
      </div>
      <Button
        size="xs"
        variant="light"
        disabled={!canTake}
        loading={wish.isPending}
        onClick={take}
        data-testid="take-parked"
      >
        {t('talk.take')}
      </Button>
    </div>
  )
}

/** Clients who wait on a parking place: anybody may take them. Nothing when there are none. */
export function ParkedCalls({ canTake }: { canTake: boolean }) {
  const { t } = useTranslation()
  const calls = parkedCalls(useBoard())
  if (calls.length === 0) return null
  return (
    <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('talk.parkedCalls')}>
      <Group className={styles.listHead ?? ''}>
        <Text fw={620}>{t('talk.parkedCalls')}</Text>
      </Group>
      {calls.map((call) => (
        <ParkedCall key={call.id} call={call} canTake={canTake} />
      ))}
    </section>
  )
}
