import { Button, Skeleton, Text, Tooltip } from '@mantine/core'
import i18next from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TapeEntry } from '../../../api/contract/calls.ts'
import { explain } from '../lib/explain.ts'
import { clock, exactTime } from '../lib/format.ts'
import type en from '../i18n/en.ts'
import { useTape } from './queries.ts'
import { drawTape, ticks, type TapeBar, type TapeLane } from './tape-lanes.ts'
import styles from './tape.module.css'

/** The scheme's own words for an exit or a result, or the word itself: exits of menus are the digits. */
export function resultWord(result: string): string {
  return i18next.exists(`tape.result.${result}`)
    ? i18next.t(`tape.result.${result as keyof typeof en.tape.result}`)
    : result
}

export function blockWord(blockType: string): string {
  return i18next.exists(`block.${blockType}`)
    ? i18next.t(`block.${blockType as keyof typeof en.block}`)
    : blockType
}

function Bar({ bar, totalMs, name }: { bar: TapeBar; totalMs: number; name: string }) {
  const { t } = useTranslation()
  const share = (bar.toMs - bar.fromMs) / totalMs
  const title =
    bar.kind === 'step' ? bar.label || blockWord(bar.blockType ?? '') : `${name}: ${t(`tape.${bar.kind}`)}`
  const lines = [
    title,
    `${clock(bar.fromMs / 1000)} – ${clock(bar.toMs / 1000)} (${t('tape.seconds', { seconds: bar.seconds.toFixed(1) })})`,
    bar.result ? `→ ${resultWord(bar.result)}` : null
  ].filter(Boolean)
  const shown =
    bar.kind === 'step'
      ? bar.label || blockWord(bar.blockType ?? '')
      : bar.kind === 'talk'
        ? clock(bar.seconds)
        : bar.result && bar.result !== 'answered'
          ? resultWord(bar.result)
          : ''
  return (
    <Tooltip multiline label={lines.join('\n')} style={{ whiteSpace: 'pre-line' }} openDelay={80}>
      <div
        className={styles.bar}
        data-kind={bar.kind}
        data-small={share < 0.08 ? '' : undefined}
        style={{ left: `${(bar.fromMs / totalMs) * 100}%`, width: `max(3px, calc(${share * 100}% - 2px))` }}
        tabIndex={0}
        aria-label={lines.join(', ')}
      >
        {share >= 0.08 ? shown : ''}
      </div>
    </Tooltip>
  )
}

function Lane({ lane, totalMs }: { lane: TapeLane; totalMs: number }) {
  const { t } = useTranslation()
  const name = lane.kind === 'scheme' ? t('tape.scheme') : lane.name
  return (
    <div className={styles.lane} data-testid="tape-lane">
      <Text fz="sm" className="cut" title={name}>
        {name}
      </Text>
      <div className={styles.track}>
        {lane.bars.map((bar) => (
          <Bar key={`${bar.kind}${bar.fromMs}`} bar={bar} totalMs={totalMs} name={name} />
        ))}
        {lane.marks.map((mark) => (
          <Tooltip
            key={`${mark.kind}${mark.atMs}`}
            label={`${mark.kind === 'rated' ? t('tape.rated') : t('call.pressed')}: ${mark.label} · ${clock(mark.atMs / 1000)}`}
          >
            <span className={styles.mark} style={{ left: `max(20px, ${(mark.atMs / totalMs) * 100}%)` }}>
              {mark.label.slice(-2)}
            </span>
          </Tooltip>
        ))}
      </div>
    </div>
  )
}

function Rows({ rows }: { rows: readonly TapeEntry[] }) {
  return (
    <div className={styles.rows} data-testid="tape-rows">
      {rows.map((row) => (
        <div key={row.seq} className={styles.event}>
          <span className="num" style={{ opacity: 0.6 }}>
            {row.seq}
          </span>
          <span className="num">{exactTime(row.at)}</span>
          <span>
            <b>{row.type}</b>
            {row.to && row.from !== row.to ? ` ${row.from ?? ''} → ${row.to}` : ''}
          </span>
          {Object.keys(row.data).length > 0 && (
            <span className={styles.data}>{JSON.stringify(row.data)}</span>
          )}
        </div>
      ))}
    </div>
  )
}

/** What happened in the call, drawn over time; every row of the tape below for those who look closer. */
export function Tape({ callId }: { callId: string }) {
  const { t } = useTranslation()
  const tape = useTape(callId)
  const rows = tape.data?.items
  const drawing = useMemo(() => drawTape(rows ?? []), [rows])
  const [areRowsShown, setRowsShown] = useState(false)
  if (tape.isPending) return <Skeleton height={96} />
  if (tape.isError) {
    return (
      <Text c="dimmed" fz="sm">
        {explain(tape.error)}
      </Text>
    )
  }
  return (
    <div className={styles.tape} data-testid="tape">
      {drawing.lanes.map((lane) => (
        <Lane key={lane.id} lane={lane} totalMs={drawing.totalMs} />
      ))}
      <div className={styles.axis} aria-hidden>
        {ticks(drawing.totalMs).map((seconds) => (
          <span
            key={seconds}
            className="num"
            style={{ left: `${(seconds / (drawing.totalMs / 1000)) * 100}%` }}
          >
            {clock(seconds)}
          </span>
        ))}
      </div>
      <div>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => setRowsShown(!areRowsShown)}
          aria-expanded={areRowsShown}
        >
          {t(areRowsShown ? 'tape.hideRows' : 'tape.showRows', { count: rows?.length ?? 0 })}
        </Button>
      </div>
      {areRowsShown && rows && <Rows rows={rows} />}
    </div>
  )
}
