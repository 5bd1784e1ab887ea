import { Text } from '@mantine/core'
import { IconHourglassHigh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Group } from '../../../api/contract/config.ts'
import { clock, formatPhone, secondsSince } from '../lib/format.ts'
import { useAll } from '../lib/lookups.ts'
import { useNow } from '../lib/use-now.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import styles from './waiting.module.css'
import { waitingFor, type WaitingClient } from './waiting.ts'

/** Clients who wait in the operator's own queues while they talk or write: the line never rings who is busy. */
export default function WaitingStrip({ isInTalk }: { isInTalk: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const now = useNow()
  const board = useBoard()
  const groups = useAll<Group>('groups')
  const own = (groups.data ?? []).filter(({ memberIds }) => memberIds.includes(me.id)).map(({ id }) => id)
  const waiting = waitingFor(board, new Set(own))
  const [first] = waiting
  if (!first) return null
  const nameOf = ({ name, number }: WaitingClient): string =>
    name ?? (formatPhone(number) || t('call.hiddenNumber'))
  return (
    <section className={`sheet ${styles.strip}`} role="status" data-testid="waiting-strip">
      <div className={styles.head}>
        <IconHourglassHigh size={17} stroke={1.8} aria-hidden />
        <Text fw={600} fz="sm">
          {t('waiting.title', { count: waiting.length })}
        </Text>
        <Text fz="sm" className="num">
          {t('waiting.longest', { time: clock(secondsSince(first.since, now)) })}
        </Text>
        <Text fz="sm" className="cut">
          {[nameOf(first), first.source, first.queue].filter(Boolean).join(' · ')}
        </Text>
        {!isInTalk && (
          <Text fz="xs" c="dimmed">
            {t('waiting.inWrapUp')}
          </Text>
        )}
      </div>
    </section>
  )
}
