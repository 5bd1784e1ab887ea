import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { memo, useMemo, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { Recording } from '../call/recording.tsx'
import { useAll } from '../lib/lookups.ts'
import { columns, type CellContext, type ColumnKey } from './columns.tsx'
import type { Sort } from './filters.ts'
import styles from './journal.module.css'
import { fieldLabel } from './labels.ts'
import type { RowActions } from './row-cells.tsx'
import type { Columns } from './use-columns.ts'

interface Props {
  calls: JournalCall[]
  sort: Sort
  onSort: (sort: Sort) => void
  onOpen: (id: string) => void
  openedCall: string | null
  actions: RowActions
  layout: Columns
  /** What stands below the last row: fetches more when it comes into view. */
  end: ReactNode
}

interface Named {
  id: string
  name: string
}

/** The journal as a table; a row opens the call, its button plays it in place. */
export function JournalTable({ calls, sort, onSort, onOpen, openedCall, actions, layout, end }: Props) {
  const { t } = useTranslation()
  const sites = useAll<Named>('sites', layout.shown.includes('site'))
  const users = useAll<Named>('users', layout.shown.includes('firstOperator'))
  const context = useMemo<CellContext>(
    () => ({ t, actions, sites: byId(sites.data), users: byId(users.data) }),
    [t, actions, sites.data, users.data]
  )
  const total = layout.shown.reduce((sum, name) => sum + layout.width(name), 0)
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('nav.journal')}>
      <table className={styles.table} style={{ minWidth: total }}>
        <colgroup>
          {layout.shown.map((name) => (
            <col key={name} style={{ width: layout.width(name) }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {layout.shown.map((name) => (
              <Heading key={name} name={name} sort={sort} onSort={onSort} layout={layout} />
            ))}
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <Row
              key={call.id}
              call={call}
              shown={layout.shown}
              isOpen={openedCall === call.id}
              isPlaying={actions.playing === call.id}
              onOpen={onOpen}
              context={context}
            />
          ))}
        </tbody>
      </table>
      {end}
    </div>
  )
}

const byId = (items: readonly Named[] | undefined): ReadonlyMap<string, string> =>
  new Map((items ?? []).map(({ id, name }) => [id, name]))

interface RowProps {
  call: JournalCall
  shown: readonly ColumnKey[]
  isOpen: boolean
  isPlaying: boolean
  onOpen: (id: string) => void
  context: CellContext
}

const Row = memo(
  function Row({ call, shown, isOpen, isPlaying, onOpen, context }: RowProps) {
    return (
      <>
        <tr
          data-row
          data-open={isOpen ? '' : undefined}
          data-testid="journal-row"
          data-call={call.id}
          tabIndex={0}
          onClick={() => onOpen(call.id)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.target === event.currentTarget) onOpen(call.id)
          }}
        >
          {shown.map((name) => (
            <td key={name} className={columns[name].isRight ? styles.right : ''}>
              {columns[name].cell(call, context)}
            </td>
          ))}
        </tr>
        {isPlaying && (
          <tr className={styles.playerRow}>
            <td colSpan={shown.length}>
              <div className={styles.player}>
                <Recording call={call} autoPlay />
              </div>
            </td>
          </tr>
        )}
      </>
    )
  },
  // Whether this row plays is told apart; that another one does is no reason to draw this one anew.
  (before, after) =>
    before.call === after.call &&
    before.shown === after.shown &&
    before.isOpen === after.isOpen &&
    before.isPlaying === after.isPlaying &&
    before.context.t === after.context.t &&
    before.context.sites === after.context.sites &&
    before.context.users === after.context.users
)

function Heading({
  name,
  sort,
  onSort,
  layout
}: Pick<Props, 'sort' | 'onSort' | 'layout'> & { name: ColumnKey }) {
  const { isRight, sort: by } = columns[name]
  const [isOver, setOver] = useState(false)
  const isDown = by !== undefined && sort === `-${by}`
  const isUp = by !== undefined && sort === by
  const label = fieldLabel(name)
  return (
    <th
      className={isRight ? styles.right : ''}
      data-over={isOver ? '' : undefined}
      aria-sort={isDown ? 'descending' : isUp ? 'ascending' : 'none'}
      draggable
      onDragStart={(event) => event.dataTransfer.setData('text/plain', name)}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        layout.moveTo(event.dataTransfer.getData('text/plain'), name)
      }}
      data-testid={`head-${name}`}
    >
      {by ? (
        <button
          type="button"
          className={styles.sort}
          onClick={() => onSort(isDown ? by : `-${by}`)}
          data-testid={`sort-${by}`}
        >
          {label}
          {isDown && <IconArrowDown size={13} />}
          {isUp && <IconArrowUp size={13} />}
        </button>
      ) : (
        label
      )}
      <Edge name={name} label={label} layout={layout} />
    </th>
  )
}

/** The right edge of a heading, by which its column is made wider or narrower. */
function Edge({ name, label, layout }: { name: ColumnKey; label: string; layout: Columns }) {
  const { t } = useTranslation()
  const width = layout.width(name)
  const pull = (event: PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault()
    event.stopPropagation()
    const edge = event.currentTarget
    const startX = event.clientX
    const move = (moved: globalThis.PointerEvent): void =>
      layout.setWidth(name, width + moved.clientX - startX)
    const end = (): void => {
      edge.removeEventListener('pointermove', move)
      edge.removeEventListener('pointerup', end)
      edge.removeEventListener('pointercancel', end)
    }
    edge.setPointerCapture(event.pointerId)
    edge.addEventListener('pointermove', move)
    edge.addEventListener('pointerup', end)
    edge.addEventListener('pointercancel', end)
  }
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -12, ArrowRight: 12 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    layout.setWidth(name, width + by)
  }
  return (
    <span
      className={styles.edge}
      role="separator"
      aria-orientation="vertical"
      aria-label={t('columns.width', { name: label })}
      aria-valuenow={width}
      aria-valuemin={60}
      aria-valuemax={600}
      tabIndex={0}
      draggable={false}
      onPointerDown={pull}
      onKeyDown={press}
      data-testid={`edge-${name}`}
    />
  )
}
