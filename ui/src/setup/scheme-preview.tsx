import { useId } from 'react'
import type { Scheme } from '../../../ivr/scheme.ts'
import { groupOf, KindIcon } from '../schemes/icons.tsx'
import { exitWord, labelOf } from '../schemes/words.ts'
import styles from './setup.module.css'

const size = { width: 190, height: 58 }
/** The grid of templates, drawn closer. */
const scale = { x: 1, y: 0.62 }

/** A scheme as a small picture: blocks, and where their exits lead. Nothing in it can be pressed. */
export function SchemePreview({ scheme, label }: { scheme: Scheme; label: string }) {
  const arrow = useId()
  const blocks = Object.entries(scheme.blocks).map(([id, block]) => ({
    id,
    block,
    x: (block.position?.x ?? 0) * scale.x,
    y: (block.position?.y ?? 0) * scale.y
  }))
  const at = new Map(blocks.map((each) => [each.id, each]))
  const width = Math.max(...blocks.map(({ x }) => x)) + size.width
  const height = Math.max(...blocks.map(({ y }) => y)) + size.height
  const lines = blocks.flatMap(({ id, block, x, y }) => {
    const leading = Object.entries(block.exits).flatMap(([exit, to]) => {
      const target = to === null ? undefined : at.get(to)
      return target ? [{ exit, target }] : []
    })
    // Exits that lead to the same block are one line.
    const targets = [...new Set(leading.map(({ target }) => target))]
    return targets.map((target, index) => {
      const start = y + (size.height * (index + 1)) / (targets.length + 1)
      const end = target.y + size.height / 2
      const [from, to] = [x + size.width, target.x - 3]
      const bend = Math.max(24, (to - from) / 2)
      const words = leading.filter((each) => each.target === target).map(({ exit }) => exitWord(block, exit))
      return {
        key: `${id} ${target.id}`,
        path: `M${from} ${start}C${from + bend} ${start} ${to - bend} ${end} ${to} ${end}`,
        words: words.join(', ')
      }
    })
  })
  return (
    <div className={styles.preview} role="img" aria-label={label} data-testid="scheme-preview">
      <svg viewBox={`-6 -6 ${width + 12} ${height + 12}`} style={{ minWidth: width * 0.62 }}>
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" fill="var(--rt-wave)" />
          </marker>
        </defs>
        {lines.map(({ key, path, words }) => (
          <path key={key} d={path} className={styles.line} markerEnd={`url(#${arrow})`}>
            <title>{words}</title>
          </path>
        ))}
        {blocks.map(({ id, block, x, y }) => (
          <foreignObject key={id} x={x} y={y} width={size.width} height={size.height}>
            <div className={styles.block} data-group={groupOf(block.type)} data-start={scheme.start === id}>
              <KindIcon type={block.type} size={20} />
              <span>{labelOf(block)}</span>
            </div>
          </foreignObject>
        ))}
      </svg>
    </div>
  )
}
