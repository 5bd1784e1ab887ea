import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconPhoneX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { MissedLine } from '../../../api/contract/inquiry-desk.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useNow } from '../lib/use-now.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import styles from './crm.module.css'
import { span } from './money.ts'
import { useMissedBoard } from './queries.ts'
import type { useDesk } from './use-desk.ts'

const when = (iso: string): string => (isToday(iso) ? timeOfDay(iso) : `${dayOf(iso)}, ${timeOfDay(iso)}`)

/** How long there is left to call back; red once it is too late. */
function Deadline({ dueAt }: { dueAt: string }) {
  const { t } = useTranslation()
  const left = Math.round((Date.parse(dueAt) - useNow()) / 1000)
  return (
    <span
      className={styles.clock}
      data-tone={left < 0 ? 'late' : left < 600 ? 'wait' : 'fresh'}
      data-testid="missed-due"
    >
      {t(left < 0 ? 'crm.missed.late' : 'crm.missed.left', { time: span(Math.abs(left)) })}
    </span>
  )
}

function Line({ line }: { line: MissedLine }) {
  const { t } = useTranslation()
  const { returned } = line
  return (
    <li className={styles.row} data-kind="missed" data-testid="missed-row">
      <span className={styles.kind} data-tone={returned ? 'plain' : 'late'}>
        <IconPhoneX size={18} stroke={1.8} />
      </span>
      <span className={styles.who}>
        <span className={styles.whoLine}>
          {line.contactId === null ? (
            <span className={`cut num ${styles.openRow}`}>{line.name ?? formatPhone(line.phone)}</span>
          ) : (
            <Link className={`cut ${styles.openRow}`} to={`/contacts/${line.contactId}`}>
              {line.name === line.phone || line.name === null ? formatPhone(line.phone) : line.name}
            </Link>
          )}
          {line.calls > 1 && (
            <span className={`num ${styles.count}`} title={t('crm.missed.calls', { count: line.calls })}>
              ×{line.calls}
            </span>
          )}
          <CallNumber number={line.phone} name={line.name} contactId={line.contactId} isLoud={!returned} />
        </span>
        <span className={`cut ${styles.sub}`}>
          {[
            line.name !== null && line.name !== line.phone ? formatPhone(line.phone) : null,
            t('crm.missed.at', { time: when(line.lastAt) }),
            line.tries > 0 ? t('crm.missed.tries', { count: line.tries }) : null
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className={styles.from}>
        <span className="cut">{line.sourceName ?? '–'}</span>
        <span className={`cut ${styles.sub}`}>{line.owner?.name ?? t('crm.nobody')}</span>
      </span>
      <span className={styles.response}>
        {returned ? (
          <>
            <span className={styles.clock} data-tone="done" data-testid="missed-returned">
              {t('crm.missed.returnedAfter', { time: span(returned.afterSeconds) })}
            </span>
            <span className={`cut ${styles.sub}`}>
              {[
                t(returned.direction === 'in' ? 'crm.missed.themselves' : 'crm.missed.byUs'),
                returned.by?.name,
                when(returned.at)
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </>
        ) : (
          line.dueAt !== null && <Deadline dueAt={line.dueAt} />
        )}
      </span>
    </li>
  )
}

/** Clients whom nobody has talked with since they were missed, the most urgent first; and those called back. */
export function MissedBoardView({ desk }: { desk: ReturnType<typeof useDesk> }) {
  const { t } = useTranslation()
  const state = desk.missed
  const board = useMissedBoard({ state, search: desk.filter.search, mine: desk.filter.mine }, true)
  const { data } = board
  return (
    <>
      <div className={styles.missedHead}>
        {(['waiting', 'returned'] as const).map((each) => (
          <Button
            key={each}
            size="compact-md"
            variant={state === each ? 'light' : 'subtle'}
            color={state === each ? 'pine' : 'gray'}
            aria-pressed={state === each}
            onClick={() => desk.setMissed(each)}
            data-testid={`missed-${each}`}
          >
            {t(`crm.missed.${each}`)} {data ? data[each] : ''}
          </Button>
        ))}
        {data && (
          <span className={styles.sub}>
            {[
              data.overdue > 0 ? t('crm.missed.overdue', { count: data.overdue }) : null,
              data.medianSeconds === null ? null : t('crm.missed.median', { time: span(data.medianSeconds) })
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        )}
      </div>
      <section className="sheet" style={{ overflow: 'hidden' }} aria-label={t('crm.missed.title')}>
        {board.isPending && (
          <Stack p="md" gap={14}>
            {[0, 1, 2, 3].map((each) => (
              <Skeleton key={each} height={38} />
            ))}
          </Stack>
        )}
        {board.isError && (
          <div className={styles.empty} role="alert">
            <Text mb="sm">{explain(board.error)}</Text>
            <Button variant="default" onClick={() => inBackground(board.refetch())}>
              {t('common.retry')}
            </Button>
          </div>
        )}
        {data?.items.length === 0 && (
          <div className={styles.empty} data-testid="missed-empty">
            <Text fw={600}>{t(`crm.missed.empty.${state}`)}</Text>
            <Text c="dimmed">{t('crm.missed.emptyText')}</Text>
          </div>
        )}
        {data && data.items.length > 0 && (
          <ul className={styles.rows} data-testid="missed-board">
            {data.items.map((line) => (
              <Line key={`${line.phone ?? ''}-${line.returned?.callId ?? ''}`} line={line} />
            ))}
          </ul>
        )}
      </section>
    </>
  )
}
