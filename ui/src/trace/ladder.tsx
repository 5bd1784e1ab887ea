import { ActionIcon, Button, CopyButton, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { SipLadder } from '../../../api/contract/sip-trace.ts'
import { asText, columnsOf, holds, rowsOf, toneOf, type Row } from './rows.ts'
import styles from './trace.module.css'

interface Props {
  ladder: SipLadder
  /** For the name of the text file. */
  fileName: string
  marked?: Marked | null
}

/** A message to point at; a new object brings it into sight again. */
export interface Marked {
  message: number
}

/** SIP messages as arrows between us and the others; each opens as the whole text. */
export function Ladder({ ladder, fileName, marked = null }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<number | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const columns = columnsOf(ladder.parties)
  const rows = rowsOf(ladder, columns)

  useEffect(() => {
    const row = marked && list.current?.querySelector<HTMLElement>('[data-marked]')
    // Whoever asked by keyboard goes on from there.
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
  }, [marked])

  const nameOf = (at: number): string => {
    const column = columns[at]
    return column ? (column.name ?? t('sipTrace.stranger')) : t('sipTrace.us')
  }

  function move(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button[data-row]') ?? [])]
    const at = buttons.findIndex((button) => button === document.activeElement)
    if (at < 0) return
    event.preventDefault()
    buttons[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
  }

  function save(): void {
    const url = URL.createObjectURL(new Blob([asText(ladder)], { type: 'text/plain' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${fileName}.txt`
    link.click()
    URL.revokeObjectURL(url)
  }

  return (
    <div className={styles.ladder} data-testid="sip-ladder">
      <div className={styles.heads}>
        <span />
        <div className={styles.lanes} style={{ gridTemplateColumns: `repeat(${columns.length}, 1fr)` }}>
          {columns.map((column, at) => (
            <div key={column?.id ?? 'us'} className={styles.head}>
              <b className="cut">{nameOf(at)}</b>
              {column && <span className="num cut">{column.address}</span>}
            </div>
          ))}
        </div>
      </div>
      <ol ref={list} onKeyDown={move} aria-label={t('sipTrace.messages')}>
        {rows.map((row) => (
          <li key={row.index}>
            <button
              type="button"
              data-row
              className={styles.row}
              data-marked={holds(row, marked?.message) || undefined}
              aria-expanded={open === row.index}
              onClick={() => setOpen(open === row.index ? null : row.index)}
            >
              <span className={`${styles.time} num`}>
                <Offset ms={row.offsetMs} />
              </span>
              {/* For those who do not see which way the arrow points. */}
              <VisuallyHidden component="span">{`: ${nameOf(row.from)} → ${nameOf(row.to)}, `}</VisuallyHidden>
              <Arrow row={row} count={columns.length} />
            </button>
            {open === row.index && <Whole row={row} />}
          </li>
        ))}
      </ol>
      <Button
        variant="subtle"
        size="compact-sm"
        color="gray"
        leftSection={<IconDownload size={15} />}
        onClick={save}
        data-testid="save-ladder"
      >
        {t('sipTrace.save')}
      </Button>
    </div>
  )
}

/** How long after the first message. */
function Offset({ ms }: { ms: number }) {
  const { t, i18n } = useTranslation()
  const isShort = ms < 10_000
  const time = (isShort ? ms : Math.round(ms / 100) / 10).toLocaleString(i18n.language)
  return t(isShort ? 'sipTrace.after.ms' : 'sipTrace.after.seconds', { time })
}

const titleOf = ({ message }: Row): string =>
  message.status === null ? message.method : `${message.status} ${message.reason ?? ''}`.trim()

function Arrow({ row, count }: { row: Row; count: number }) {
  const { t } = useTranslation()
  const { message, from, to, repeats } = row
  const left = Math.min(from, to)
  const width = Math.abs(to - from)
  return (
    <span className={styles.lane} style={{ backgroundSize: `${100 / count}% 100%` }}>
      <span
        className={styles.arrow}
        data-tone={toneOf(message)}
        data-way={to > from ? 'right' : 'left'}
        style={{ left: `${((left + 0.5) / count) * 100}%`, width: `${(width / count) * 100}%` }}
      >
        <span className={styles.label}>
          <b>{titleOf(row)}</b>
          {message.status !== null && <span className={styles.aside}>{message.method}</span>}
          {message.codecs.length > 0 && <span className={styles.aside}>{message.codecs.join(', ')}</span>}
          {repeats.length > 0 && (
            <span className={styles.times}>{t('sipTrace.repeats', { count: repeats.length })}</span>
          )}
        </span>
      </span>
    </span>
  )
}

/** The message word for word. */
function Whole({ row: { message } }: { row: Row }) {
  const { t } = useTranslation()
  const text = message.text.replaceAll('\r\n', '\n').trimEnd()
  const [from, to] =
    message.direction === 'out' ? [message.local, message.remote] : [message.remote, message.local]
  return (
    <div className={styles.whole} data-testid="sip-message">
      <div className={styles.wholeHead}>
        <span className="num">
          {from} → {to} · {message.transport.toUpperCase()}
        </span>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Tooltip label={t(copied ? 'common.copied' : 'common.copy')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                onClick={copy}
                aria-label={t(copied ? 'common.copied' : 'common.copy')}
              >
                {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </div>
      <pre tabIndex={0}>{text}</pre>
    </div>
  )
}
