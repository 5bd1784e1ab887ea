import { useState } from 'react'
import { remember, remembered } from '../lib/storage.ts'
import { useMe } from '../session/session.ts'
import { clampWidth, moveBy, moveTo, readLayout, type Layout } from './column-layout.ts'
import { columnKeys, columns, usualColumns, type ColumnKey } from './columns.tsx'

const usual: Layout = { shown: usualColumns, widths: {} }

/** The columns as this person likes them, kept in this browser. */
export function useColumns() {
  const me = useMe()
  const key = `journal.columns.${me.id}`
  const [layout, setLayout] = useState<Layout>(() => readLayout(remembered(key), columnKeys) ?? usual)
  const keep = (next: Layout): void => {
    setLayout(next)
    remember(key, JSON.stringify(next))
  }
  const shown = layout.shown as readonly ColumnKey[]
  const setShown = (next: readonly string[]): void => keep({ ...layout, shown: next })
  return {
    shown,
    width: (name: ColumnKey): number => layout.widths[name] ?? columns[name].width,
    setWidth: (name: ColumnKey, width: number) =>
      keep({ ...layout, widths: { ...layout.widths, [name]: clampWidth(width) } }),
    moveTo: (name: string, target: string) => setShown(moveTo(shown, name, target)),
    moveBy: (name: string, places: number) => setShown(moveBy(shown, name, places)),
    show: (name: ColumnKey) => setShown([...shown, name]),
    /** The last column stays: a table without any shows nothing. */
    hide: (name: ColumnKey) => {
      if (shown.length > 1) setShown(shown.filter((each) => each !== name))
    },
    reset: () => keep(usual),
    isUsual: layout.shown.join() === usualColumns.join() && Object.keys(layout.widths).length === 0
  }
}

export type Columns = ReturnType<typeof useColumns>
