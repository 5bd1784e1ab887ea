import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReportRow } from '../../../api/contract/reports.ts'
import type { Place } from './drill.ts'
import { Change, Figure } from './figure.tsx'
import type { Style } from './figures.ts'
import type { MeasureName } from './measures.ts'
import type { Answer } from './queries.ts'
import styles from './reports.module.css'
import { TableHead } from './table-head.tsx'
import { sorted } from './tree.ts'
import { useWindow } from './use-window.ts'

interface Props<R extends ReportRow> {
  label: string
  rowsName: string
  report: Answer<R>
  nameOf: (row: R) => string
  /** By what rows stand in order when sorted by name, where the name itself does not say it. */
  orderOf?: (row: R) => string
  /** Filters of the journal for the calls of a row; null where the journal cannot name them. */
  filtersOf: (row: R) => Readonly<Record<string, string>> | null
  /** A second line below the name. */
  noteOf?: (row: R) => ReactNode
  columns: readonly MeasureName[]
  /** Columns that only this report has, before the measures. */
  own?: readonly { title: string; cell: (row: R) => ReactNode }[]
  sort: string
  onSort: (sort: string) => void
  isCompared: boolean
  style: Style
  place: Place
}

/** A report without levels: rows that can be sorted, and what they add up to. */
export function ReportTable<R extends ReportRow>(props: Props<R>) {
  const {
    report,
    nameOf,
    filtersOf,
    noteOf,
    columns,
    own = [],
    sort,
    onSort,
    isCompared,
    style,
    place
  } = props
  const { i18n } = useTranslation()
  const rows = sorted(report.rows, sort, props.orderOf ?? nameOf, i18n.language)
  const rowHeight = isCompared || noteOf ? 54 : 40
  const view = useWindow(rows.length, rowHeight)
  return (
    <div className={styles.scroll} ref={view.box} tabIndex={0} role="region" aria-label={props.label}>
      <table
        className={styles.table}
        aria-label={props.label}
        aria-rowcount={rows.length + 2}
        style={{ ['--row' as string]: `${rowHeight}px` }}
      >
        <TableHead
          {...{ columns, sort, onSort, isCompared, style, place }}
          rowsName={props.rowsName}
          own={own.map(({ title }) => title)}
          total={report.total}
          totalBefore={report.totalBefore}
        />
        <tbody>
          {view.before > 0 && <tr aria-hidden style={{ height: view.before }} />}
          {rows.slice(view.first, view.last).map((row, offset) => {
            const filters = filtersOf(row)
            const name = nameOf(row)
            return (
              <tr key={row.key} aria-rowindex={view.first + offset + 3} data-row={row.key}>
                <th scope="row" className={styles.name}>
                  <div className="cut" title={name} data-empty={row.key === '' ? '' : undefined}>
                    {name}
                  </div>
                  {noteOf && <div className={`cut ${styles.note}`}>{noteOf(row)}</div>}
                </th>
                {own.map(({ title, cell }) => (
                  <td key={title} className={`num ${styles.right}`}>
                    {cell(row)}
                  </td>
                ))}
                {columns.map((measure) => (
                  <td key={measure} className={styles.right} data-measure={measure}>
                    <Figure
                      name={measure}
                      values={row.values}
                      style={style}
                      place={filters && { ...place, filters: { ...place.filters, ...filters } }}
                    />
                    {isCompared && (
                      <Change name={measure} values={row.values} before={row.before} style={style} />
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
          {view.after > 0 && <tr aria-hidden style={{ height: view.after }} />}
        </tbody>
      </table>
    </div>
  )
}
