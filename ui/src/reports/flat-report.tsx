import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReportRow } from '../../../api/contract/reports.ts'
import { ColumnsMenu, columnsOf } from './columns-menu.tsx'
import type { Place } from './drill.ts'
import type { Style } from './figures.ts'
import type { MeasureName } from './measures.ts'
import { useReport, type Answer, type ReportName } from './queries.ts'
import { ReportTable } from './report-table.tsx'
import styles from './reports.module.css'
import { ReportSheet } from './states.tsx'
import { useStyle } from './use-style.ts'
import type { ViewState } from './use-view.ts'

interface Props<R extends ReportRow> {
  name: ReportName
  state: ViewState
  title: string
  rowsName: string
  /** More of the query, such as what rows stand for. */
  more?: Readonly<Record<string, string>>
  all: readonly MeasureName[]
  usual: readonly MeasureName[]
  nameOf: (row: R) => string
  orderOf?: (row: R) => string
  filtersOf: (row: R) => Readonly<Record<string, string>> | null
  noteOf?: (row: R) => ReactNode
  own?: (style: Style) => readonly { title: string; cell: (row: R) => ReactNode }[]
  hasFixedRows?: boolean
  /** Beside the chooser of columns. */
  tools?: ReactNode
  /** Above the table. */
  above?: (report: Answer<R> | undefined, style: Style, place: Place) => ReactNode
}

/** A report that is one table. */
export function FlatReport<R extends ReportRow>(props: Props<R>) {
  const { name, state, all, usual, own, tools, above, more } = props
  const { t } = useTranslation()
  const { view, days, change } = state
  const query = useReport<R>(name, view, days, more)
  const style = useStyle(query.data?.currency)
  const place: Place = { days, siteId: view.siteId, filters: {} }
  const columns = columnsOf(name, view.columns, usual).filter((each) => all.includes(each))
  return (
    <>
      {above?.(query.data, style, place)}
      <div className={styles.tools}>
        {tools ?? <span className={styles.explain}>{t(`reports.about.${name}`)}</span>}
        <span className={styles.push} />
        <ColumnsMenu
          report={name}
          {...{ all, usual, columns }}
          onChange={(next) => change({ columns: next })}
        />
      </div>
      <ReportSheet query={query} state={state} hasFixedRows={props.hasFixedRows ?? false}>
        {query.data && (
          <ReportTable<R>
            label={props.title}
            rowsName={props.rowsName}
            report={query.data}
            nameOf={props.nameOf}
            filtersOf={props.filtersOf}
            {...(props.orderOf && { orderOf: props.orderOf })}
            {...(props.noteOf && { noteOf: props.noteOf })}
            own={own?.(style) ?? []}
            {...{ columns, style, place }}
            sort={view.sort}
            onSort={(sort) => change({ sort })}
            isCompared={view.isCompared}
          />
        )}
      </ReportSheet>
    </>
  )
}
