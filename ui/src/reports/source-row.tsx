import { IconChevronRight } from '@tabler/icons-react'
import { memo, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Place } from './drill.ts'
import { Change, Figure } from './figure.tsx'
import type { Style } from './figures.ts'
import type { MeasureName } from './measures.ts'
import styles from './reports.module.css'
import { pathQuery, type Level, type Line } from './tree.ts'

export type RowLine = Extract<Line, { kind: 'row' }>

interface Props {
  line: RowLine
  /** Its place among all lines. */
  index: number
  levels: readonly Level[]
  nameOf: (level: Level, key: string) => string
  columns: readonly MeasureName[]
  isCompared: boolean
  style: Style
  place: Place
  model: string
  /** Of all rows only the active one is reached by Tab. */
  isActive: boolean
  onActive: (id: string) => void
  onToggle: (id: string, isOpen: boolean) => void
  onKey: (event: KeyboardEvent, line: RowLine, index: number) => void
}

/** One branch of the tree of sources. Drawn once and kept: a table that scrolls draws only the rows that come in. */
export const SourceRow = memo(function SourceRow(props: Props) {
  const { line, index, levels, columns, isCompared, style, place, isActive, onToggle } = props
  const { t } = useTranslation()
  const name = props.nameOf(line.level, line.row.key)
  const rowPlace = {
    ...place,
    filters: { ...place.filters, model: props.model, ...pathQuery(levels, line.values) }
  }
  return (
    <tr
      aria-level={line.depth + 1}
      aria-rowindex={index + 3}
      {...(!line.isLeaf && { 'aria-expanded': line.isOpen })}
      tabIndex={isActive ? 0 : -1}
      data-active={isActive ? '' : undefined}
      data-row={line.id}
      data-depth={line.depth}
      onFocus={() => props.onActive(line.id)}
      onKeyDown={(event) => props.onKey(event, line, index)}
    >
      <th scope="row" className={styles.name}>
        <div className={styles.branch} style={{ paddingLeft: line.depth * 20 }}>
          {line.isLeaf ? (
            <span className={styles.noChevron} />
          ) : (
            <button
              type="button"
              className={styles.chevron}
              data-open={line.isOpen ? '' : undefined}
              tabIndex={-1}
              aria-label={`${t(line.isOpen ? 'reports.close' : 'reports.open')}: ${name}`}
              onClick={() => onToggle(line.id, !line.isOpen)}
              data-testid="toggle"
            >
              <IconChevronRight size={15} />
            </button>
          )}
          <span className="cut" title={name} data-empty={line.row.key === '' ? '' : undefined}>
            {name}
          </span>
        </div>
      </th>
      {columns.map((measure) => (
        <td key={measure} className={styles.right} data-measure={measure}>
          <Figure
            name={measure}
            values={line.row.values}
            style={style}
            place={rowPlace}
            isReachable={isActive}
          />
          {isCompared && (
            <Change name={measure} values={line.row.values} before={line.row.before} style={style} />
          )}
        </td>
      ))}
    </tr>
  )
})
