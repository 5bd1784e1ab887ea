import { Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Measures } from '../../../api/contract/reports.ts'
import type { Place } from './drill.ts'
import { Change, Figure } from './figure.tsx'
import type { Style } from './figures.ts'
import type { MeasureName } from './measures.ts'
import styles from './reports.module.css'

interface Props {
  /** What rows stand for. */
  rowsName: string
  columns: readonly MeasureName[]
  /** Columns before these that have no sums. */
  own?: readonly string[]
  sort: string
  onSort: (sort: string) => void
  total: Measures
  totalBefore: Measures | null
  isCompared: boolean
  style: Style
  place: Place
}

/** Names of the columns, which sort, and the sums of all rows: both stay in sight. */
export function TableHead(props: Props) {
  const { rowsName, columns, own = [], sort, onSort, total, totalBefore, isCompared, style, place } = props
  const { t } = useTranslation()
  const by = sort.replace(/^-/, '')
  const isDown = sort.startsWith('-')
  const next = (name: string): string =>
    name === by ? (isDown ? name : `-${name}`) : name === 'name' ? name : `-${name}`
  const arrow = (name: string) =>
    name === by ? (
      isDown ? (
        <IconArrowDown size={12} aria-hidden />
      ) : (
        <IconArrowUp size={12} aria-hidden />
      )
    ) : null
  const order = (name: string) => (name === by ? (isDown ? 'descending' : 'ascending') : 'none')
  return (
    <thead>
      <tr>
        <th scope="col" aria-sort={order('name')}>
          <button type="button" className={styles.sort} onClick={() => onSort(next('name'))}>
            {rowsName}
            {arrow('name')}
          </button>
        </th>
        {own.map((title) => (
          <th key={title} scope="col" className={styles.right}>
            {title}
          </th>
        ))}
        {columns.map((name) => (
          <th key={name} scope="col" className={styles.right} aria-sort={order(name)}>
            <Tooltip label={t(`reports.hint.${name}`)} multiline maw={280} openDelay={400}>
              <button
                type="button"
                className={styles.sort}
                onClick={() => onSort(next(name))}
                data-testid={`sort-${name}`}
              >
                {arrow(name)}
                {t(`reports.measure.${name}`)}
              </button>
            </Tooltip>
          </th>
        ))}
      </tr>
      <tr className={styles.total} data-testid="report-total">
        <th scope="row">{t('reports.total')}</th>
        {own.map((title) => (
          <td key={title} />
        ))}
        {columns.map((name) => (
          <td key={name} className={styles.right} data-measure={name}>
            <Figure name={name} values={total} style={style} place={place} />
            {isCompared && <Change name={name} values={total} before={totalBefore} style={style} />}
          </td>
        ))}
      </tr>
    </thead>
  )
}
