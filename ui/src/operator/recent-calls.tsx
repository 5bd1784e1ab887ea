import { Text } from '@mantine/core'
import { IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { clock, formatPhone, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useMe } from '../session/session.ts'
import { CallNumber } from './click-to-call.tsx'
import { ListStates } from './list-states.tsx'
import { useTodayCalls } from './my-lists.ts'
import styles from './my-work.module.css'

const pictures = { in: IconArrowDownLeft, out: IconArrowUpRight, internal: IconArrowsLeftRight }

function RecentCall({ call, onOpen }: { call: JournalCall; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
  const name = call.contact?.name ?? call.callerName
  const Picture = pictures[call.direction]
  return (
    <li className={styles.item}>
      <button type="button" className={styles.open} onClick={() => onOpen(call.id)} data-testid="recent-call">
        <span className={styles.who}>
          <Picture size={15} role="img" aria-label={t(`own.calls.${call.direction}`)} />
          <Text fw={560} className="cut" component="span">
            {name ?? <span className="num">{number}</span>}
          </Text>
        </span>
        <Text className="num" c="dimmed" fz="sm" ta="right" component="span">
          {timeOfDay(call.startedAt)}
        </Text>
        <Text c="dimmed" fz="sm" className="cut" component="span">
          {call.direction === 'in'
            ? (call.source?.name ?? t('call.noSource'))
            : name && call.callerNumber
              ? number
              : ''}
        </Text>
        <Text fz="sm" ta="right" component="span">
          {call.outcome === 'answered' ? (
            <span className="num">{clock(call.talkSeconds)}</span>
          ) : (
            <OutcomeBadge outcome={call.outcome} />
          )}
        </Text>
      </button>
      <CallNumber number={call.callerNumber} name={name} contactId={call.contact?.id} />
    </li>
  )
}

/** The operator's own calls of today; a press opens one in full. */
export function RecentCalls({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const calls = useTodayCalls()
  const items = calls.data?.items ?? []
  return (
    <ListStates
      isPending={calls.isPending}
      error={calls.data ? null : calls.error}
      onRetry={() => inBackground(calls.refetch())}
      empty={items.length === 0 ? { title: t('own.calls.empty'), text: t('own.calls.emptyText') } : null}
    >
      <ul className={styles.list}>
        {items.map((call) => (
          <RecentCall key={call.id} call={call} onOpen={onOpen} />
        ))}
      </ul>
      <Link className={styles.foot ?? ''} to={`/journal?period=month&operatorId=${me.id}`}>
        {t('own.calls.all')}
      </Link>
    </ListStates>
  )
}
