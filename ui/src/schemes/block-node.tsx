import { IconAlertTriangle, IconPhoneCall, IconPlayerPlayFilled } from '@tabler/icons-react'
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { BlockNode } from './flow.ts'
import { groupOf, KindIcon } from './icons.tsx'
import { exitWord, kindWord, labelOf } from './words.ts'
import styles from './schemes.module.css'

/** A block on the canvas: what it is, and its exits, each with a place to draw a line from. */
export const BlockOnCanvas = memo(function BlockOnCanvas({ id, data, selected }: NodeProps<BlockNode>) {
  const { t } = useTranslation()
  const { block, exits, isStart, severity, steps, taken, live, passed, isTested } = data
  return (
    <div
      className={styles.block}
      data-group={groupOf(block.type)}
      data-severity={severity}
      data-chosen={selected || undefined}
      data-visited={steps.length > 0 || undefined}
      data-tested={isTested || undefined}
      data-testid={`block-${id}`}
    >
      <Handle type="target" position={Position.Left} className={styles.target ?? ''} />
      <div className={styles.head}>
        <span className={styles.icon}>
          <KindIcon type={block.type} />
        </span>
        <span className={styles.names}>
          <span className={`cut ${styles.label}`}>{labelOf(block)}</span>
          {labelOf(block) !== kindWord(block.type) && (
            <span className={`cut ${styles.kind}`}>{kindWord(block.type)}</span>
          )}
        </span>
        {isStart && (
          <span className={styles.start} title={t('schemes.block.start')}>
            <IconPlayerPlayFilled size={11} aria-label={t('schemes.block.start')} role="img" />
          </span>
        )}
        {severity && (
          <span className={styles.mark} data-severity={severity}>
            <IconAlertTriangle
              size={15}
              role="img"
              aria-label={t(severity === 'error' ? 'schemes.block.hasError' : 'schemes.block.hasWarning')}
            />
          </span>
        )}
        {passed > 0 && (
          <span
            className={styles.passed}
            title={t('schemes.block.passed', { count: passed })}
            data-testid={`passed-${id}`}
          >
            {passed}
          </span>
        )}
        {live > 0 && (
          <span
            className={styles.live}
            title={t('schemes.block.live', { count: live })}
            data-testid={`live-${id}`}
          >
            <IconPhoneCall size={11} aria-hidden /> {live}
          </span>
        )}
      </div>
      {steps.length > 0 && (
        <span className={styles.steps} title={t('schemes.block.step', { steps: steps.join(', ') })}>
          {steps.join(', ')}
        </span>
      )}
      <div className={styles.exits}>
        {exits.map((exit) => (
          <div
            key={exit}
            className={styles.exit}
            data-taken={taken.includes(exit) || undefined}
            data-open={(block.exits[exit] ?? null) === null || undefined}
          >
            <span className="cut">{exitWord(block, exit)}</span>
            <Handle
              type="source"
              position={Position.Right}
              id={exit}
              className={styles.source ?? ''}
              data-testid={`exit-${id}-${exit}`}
            />
          </div>
        ))}
      </div>
    </div>
  )
})
