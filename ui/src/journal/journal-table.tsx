import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { Fragment, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { OutcomeBadge } from '../call/outcome-badge.tsx'
import { Recording } from '../call/recording.tsx'
import { clock, dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { journalColumns, RecordingCell, type RowActions } from './columns.tsx'
import type { Sort } from './filters.ts'
import styles from './journal.module.css'

interface Props {
  calls: JournalCall[]
  sort: Sort
  onSort: (sort: Sort) => void
  onOpen: (id: string) => void
  openedCall: string | null
  actions: RowActions
}

/** The journal as a table; a row opens the call, its button plays it in place. */
export function JournalTable({ calls, sort, onSort, onOpen, openedCall, actions }: Props) {
  const { t } = useTranslation()
  const columns = useMemo(() => journalColumns(t, actions), [t, actions])
  const table = useReactTable({
    data: calls,
    columns,
    getCoreRowModel: getCoreRowModel(),
    getRowId: (call) => call.id,
    manualSorting: true
  })
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map(({ id, column }) => {
                const { meta, header } = column.columnDef
                const isDown = sort === `-${meta?.sort ?? ''}`
                const isUp = sort === meta?.sort
                const by = meta?.sort
                return (
                  <th
                    key={id}
                    style={{ width: meta?.width }}
                    className={meta?.isRight ? styles.right : ''}
                    aria-sort={isDown ? 'descending' : isUp ? 'ascending' : 'none'}
                  >
                    {by ? (
                      <button
                        type="button"
                        className={styles.sort}
                        onClick={() => onSort(isDown ? by : `-${by}`)}
                        data-testid={`sort-${by}`}
                      >
                        {header as string}
                        {isDown && <IconArrowDown size={13} />}
                        {isUp && <IconArrowUp size={13} />}
                      </button>
                    ) : (
                      (header as string)
                    )}
                  </th>
                )
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <Fragment key={row.id}>
              <tr
                data-row
                data-open={openedCall === row.id ? '' : undefined}
                data-testid="journal-row"
                data-call={row.id}
                tabIndex={0}
                onClick={() => onOpen(row.id)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && event.target === event.currentTarget) onOpen(row.id)
                }}
              >
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className={cell.column.columnDef.meta?.isRight ? styles.right : ''}>
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </td>
                ))}
              </tr>
              {actions.playing === row.id && (
                <tr className={styles.playerRow}>
                  <td colSpan={columns.length}>
                    <Recording call={row.original} autoPlay />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The same on a phone: a card per call. */
export function JournalCards({ calls, onOpen, actions }: Pick<Props, 'calls' | 'onOpen' | 'actions'>) {
  const { t } = useTranslation()
  return (
    <div className={styles.cards}>
      {calls.map((call) => {
        const number = formatPhone(call.callerNumber) || t('call.hiddenNumber')
        return (
          <div
            key={call.id}
            className={styles.cardRow}
            data-testid="journal-row"
            data-call={call.id}
            onClick={() => onOpen(call.id)}
          >
            <button type="button" onClick={() => onOpen(call.id)}>
              <b className="cut" style={{ fontWeight: 600 }}>
                {call.contact?.name ?? call.callerName ?? <span className="num">{number}</span>}
              </b>
            </button>
            <span className={`num ${styles.sub}`}>
              {isToday(call.startedAt)
                ? timeOfDay(call.startedAt)
                : `${dayOf(call.startedAt)}, ${timeOfDay(call.startedAt)}`}
            </span>
            <span className={`cut ${styles.sub}`}>
              {[call.source?.name, call.campaign].filter(Boolean).join(' → ') || '–'}
            </span>
            <span style={{ justifySelf: 'end' }}>
              <RecordingCell call={call} actions={actions} t={t} />
            </span>
            <span style={{ display: 'flex', gap: 8, alignItems: 'center', minWidth: 0 }}>
              <OutcomeBadge outcome={call.outcome} />
              <span className={`cut ${styles.sub}`}>
                {[call.operator?.name, call.talkSeconds ? clock(call.talkSeconds) : null]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <span className={`num ${styles.stars}`}>{call.rating ? `${call.rating} ★` : ''}</span>
            {actions.playing === call.id && (
              <div style={{ gridColumn: '1 / -1' }} onClick={(event) => event.stopPropagation()}>
                <Recording call={call} autoPlay />
              </div>
            )}
          </div>
        )
      })}
    </div>
  )
}
