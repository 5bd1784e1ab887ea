import { BaseEdge, getBezierPath, type Edge, type EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { pathAlong } from './lanes.ts'

/** What a line knows beside its ends. */
export interface LineData extends Record<string, unknown> {
  /** The height at which it runs past blocks; null for the usual curve. */
  lane: number | null
  /** Which exit of its block it comes from. */
  index: number
}
export type LineEdge = Edge<LineData, 'line'>

/** A line between two blocks that goes behind no third one. */
export const Line = memo(function Line(props: EdgeProps<LineEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, data, interactionWidth } = props
  const lane = data?.lane ?? null
  const path =
    lane === null
      ? getBezierPath(props)[0]
      : pathAlong({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, lane, data?.index ?? 0)
  return <BaseEdge id={id} path={path} {...(interactionWidth !== undefined && { interactionWidth })} />
})
