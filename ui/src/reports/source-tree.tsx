import { Button, Loader } from '@mantine/core'
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inBackground } from '../lib/in-background.ts'
import type { Place } from './drill.ts'
import type { Style } from './figures.ts'
import type { MeasureName } from './measures.ts'
import type { Answer } from './queries.ts'
import styles from './reports.module.css'
import { SourceRow, type RowLine } from './source-row.tsx'
import { TableHead } from './table-head.tsx'
import { pathId, type Level, type Line } from './tree.ts'
import { useWindow } from './use-window.ts'

interface Props {
  report: Answer
  lines: readonly Line[]
  levels: readonly Level[]
  nameOf: (level: Level, key: string) => string
  columns: readonly MeasureName[]
  sort: string
  onSort: (sort: string) => void
  onToggle: (id: string, isOpen: boolean) => void
  retry: (id: string) => Promise<unknown>
  isCompared: boolean
  style: Style
  place: Place
  model: string
}

/** Channels, sources, and what lies below: a tree in a table, opened by mouse or arrows. */
export function SourceTree(props: Props) {
  const { report, lines, levels, nameOf, columns, sort, onSort, onToggle, isCompared, style, place } = props
  const { t } = useTranslation()
  const rowHeight = isCompared ? 54 : 40
  const view = useWindow(lines.length, rowHeight)
  const [active, setActive] = useState<string | null>(null)
  const isMoving = useRef(false)
  const activeAt = lines.findIndex((line) => line.kind === 'row' && line.id === active)
  const activeId = activeAt >= 0 ? active : (lines.find((line) => line.kind === 'row')?.id ?? null)

  useEffect(() => {
    if (!isMoving.current) return
    const row = view.box.current?.querySelector<HTMLElement>('tr[data-active]')
    if (!row) return
    isMoving.current = false
    row.focus()
    row.scrollIntoView({ block: 'nearest' })
  })

  const go = (index: number): void => {
    const line = lines[index]
    if (line?.kind !== 'row') return
    isMoving.current = true
    setActive(line.id)
    view.reveal(index)
  }
  const near = (from: number, step: 1 | -1): number => {
    let at = from + step
    while (lines[at] && lines[at]?.kind !== 'row') at += step
    return at
  }
  const onKey = (event: KeyboardEvent, line: RowLine, index: number): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const commands: Record<string, () => void> = {
      ArrowDown: () => go(near(index, 1)),
      ArrowUp: () => go(near(index, -1)),
      Home: () => go(0),
      End: () => go(near(lines.length, -1)),
      ArrowRight: () => {
        if (line.isLeaf) return
        if (line.isOpen) go(near(index, 1))
        else onToggle(line.id, true)
      },
      ArrowLeft: () => {
        if (line.isOpen) onToggle(line.id, false)
        else if (line.depth > 0) {
          const parent = pathId(line.values.slice(0, -1))
          go(lines.findIndex((each) => each.kind === 'row' && each.id === parent))
        }
      },
      Enter: () => !line.isLeaf && onToggle(line.id, !line.isOpen)
    }
    const command = commands[event.key]
    if (!command) return
    event.preventDefault()
    command()
  }

  const latestKey = useRef(onKey)
  useEffect(() => {
    latestKey.current = onKey
  })
  // The same one for ever, so that rows need not be drawn anew while the table scrolls.
  const onRowKey = useCallback<typeof onKey>(
    (event, line, index) => latestKey.current(event, line, index),
    []
  )

  return (
    <div className={styles.scroll} ref={view.box}>
      <table
        className={styles.table}
        role="treegrid"
        aria-label={t('reports.sources.title')}
        aria-rowcount={lines.length + 2}
        aria-colcount={columns.length + 1}
        style={{ ['--row' as string]: `${rowHeight}px` }}
      >
        <TableHead
          rowsName={t(`reports.top.${levels[0] === 'source' ? 'source' : 'inquiryChannel'}`)}
          {...{ columns, sort, onSort, isCompared, style, place }}
          total={report.total}
          totalBefore={report.totalBefore}
        />
        <tbody>
          {view.before > 0 && <tr aria-hidden style={{ height: view.before }} />}
          {lines.slice(view.first, view.last).map((line, offset) => {
            const index = view.first + offset
            if (line.kind !== 'row')
              return (
                <OtherLine
                  key={`${line.id}:${line.kind}`}
                  line={line}
                  span={columns.length + 1}
                  retry={props.retry}
                />
              )
            return (
              <SourceRow
                key={line.id}
                {...{ line, index, levels, nameOf, columns, isCompared, style, place, onToggle }}
                model={props.model}
                isActive={line.id === activeId}
                onActive={setActive}
                onKey={onRowKey}
              />
            )
          })}
          {view.after > 0 && <tr aria-hidden style={{ height: view.after }} />}
        </tbody>
      </table>
    </div>
  )
}

function OtherLine({
  line,
  span,
  retry
}: {
  line: Exclude<Line, RowLine>
  span: number
  retry: Props['retry']
}) {
  const { t } = useTranslation()
  return (
    <tr aria-level={line.depth + 1} className={styles.other}>
      <td colSpan={span}>
        <div style={{ paddingLeft: line.depth * 20 + 26 }}>
          {line.kind === 'waiting' && <Loader type="dots" size="xs" />}
          {line.kind === 'none' && t('reports.nothingBelow')}
          {line.kind === 'failed' && (
            <span role="alert">
              {t('reports.branchFailed')}{' '}
              <Button size="compact-xs" variant="subtle" onClick={() => inBackground(retry(line.id))}>
                {t('common.retry')}
              </Button>
            </span>
          )}
        </div>
      </td>
    </tr>
  )
}
