import { Skeleton, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { useRecentCalls } from '../call/queries.ts'
import { explain } from '../lib/explain.ts'
import { clock, dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { useMe } from '../session/session.ts'
import { CallNumber } from './click-to-call.tsx'
import styles from './operator.module.css'

function RecentCall({ call, onOpen }: { call: JournalCall; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
  return (
    <div className={styles.rowBox}>
      <button type="button" className={styles.row} onClick={() => onOpen(call.id)} data-testid="recent-call">
        <Text fw={560} className="cut">
          {call.contact?.name ?? call.callerName ?? <span className="num">{number}</span>}
        </Text>
        <Text className="num" c="dimmed" fz="sm" ta="right">
          {isToday(call.startedAt) ? timeOfDay(call.startedAt) : dayOf(call.startedAt)}
        </Text>
        <Text c="dimmed" fz="sm" className="cut">
          {call.source?.name ?? t('call.noSource')}
        </Text>
        <Text fz="sm" ta="right" component="div">
          {call.outcome === 'answered' ? (
            <span className="num">{clock(call.talkSeconds)}</span>
          ) : (
            <OutcomeBadge outcome={call.outcome} />
          )}
        </Text>
      </button>
      <CallNumber number={call.callerNumber} name={call.contact?.name ?? call.callerName} />
    </div>
  )
}

/** The operator's last calls; a click opens one in full. */
export function RecentCalls({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const recent = useRecentCalls(me.id, 12)
  return (
    <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('desk.recent')}>
      <div className={styles.listHead}>
        <Text fw={620}>{t('desk.recent')}</Text>
      </div>
      {recent.isPending && (
        <Stack gap={12} px={18} pb={18}>
          {[0, 1, 2, 3].map((each) => (
            <Skeleton key={each} height={34} />
          ))}
        </Stack>
      )}
      {recent.isError && !recent.data && (
        <Text c="dimmed" px={18} pb={18}>
          {explain(recent.error)}
        </Text>
      )}
      {recent.data?.items.length === 0 && (
        <Text c="dimmed" px={18} pb={18}>
          {t('desk.noRecent')}
        </Text>
      )}
      {recent.data?.items.map((call) => (
        <RecentCall key={call.id} call={call} onOpen={onOpen} />
      ))}
    </section>
  )
}
