import '@xyflow/react/dist/base.css'
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowsMaximize, IconMinus, IconPlus, IconSitemap } from '@tabler/icons-react'
import {
  Background,
  MiniMap,
  Panel,
  ReactFlow,
  useReactFlow,
  useStore,
  type Connection,
  type EdgeChange,
  type NodeChange
} from '@xyflow/react'
import {
  memo,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  type DragEvent,
  type FocusEvent,
  type KeyboardEvent
} from 'react'
import { useTranslation } from 'react-i18next'
import { inBackground } from '../lib/in-background.ts'
import { BlockOnCanvas } from './block-node.tsx'
import { edgesOf, exitOfEdge, nodesOf, type BlockNode, type Overlay } from './flow.ts'
import { isSameShape, lanesOf } from './lanes.ts'
import { Line, type LineEdge } from './line.tsx'
import type { Edit, Editing, Point } from './model.ts'
import styles from './schemes.module.css'

const kinds = { block: BlockOnCanvas }
const lineKinds = { line: Line }
// What is made anew for each picture would have every line drawn anew.
const several = ['Control', 'Meta']
const grid: [number, number] = [8, 8]

/** What is dragged from the palette, as the browser carries it. */
export const draggedType = 'application/x-ringtrace-block'

function letDrop(event: DragEvent): void {
  if (event.dataTransfer.types.includes(draggedType)) event.preventDefault()
}

/** The part of the screen to bring into view; a new object each time it is asked for. */
export interface Look {
  at: string | null
}

interface Props {
  editing: Editing
  overlay: Overlay
  look: Look | null
  onEdit: (edit: Edit) => void
  onAdd: (type: string, at: Point) => void
  onTidy: () => void
}

const Buttons = memo(function Buttons({ onTidy }: { onTidy: () => void }) {
  const { t } = useTranslation()
  const flow = useReactFlow()
  const button = (label: string, Icon: typeof IconPlus, run: () => void, testId: string) => (
    <Tooltip label={label} position="top">
      <ActionIcon variant="default" size="lg" aria-label={label} onClick={run} data-testid={testId}>
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <Panel position="bottom-left" className={styles.buttons ?? ''}>
      {button(
        t('schemes.zoomIn'),
        IconPlus,
        () => inBackground(flow.zoomIn().then(() => undefined)),
        'zoom-in'
      )}
      {button(
        t('schemes.zoomOut'),
        IconMinus,
        () => inBackground(flow.zoomOut().then(() => undefined)),
        'zoom-out'
      )}
      {button(
        t('schemes.fit'),
        IconArrowsMaximize,
        () => inBackground(flow.fitView({ padding: 0.12, duration: 200 }).then(() => undefined)),
        'fit'
      )}
      {button(t('schemes.tidy'), IconSitemap, onTidy, 'tidy')}
    </Panel>
  )
})

/** Below this the small words of a block cannot be read. */
const farZoom = 0.4

/**
 * From far away a block is its icon and its name in large letters: that can be read, and hundreds of exits that nobody
 * could read cost no time. By a mark that the styles look at, so that no block is drawn anew for it.
 */
function Distance() {
  const isFar = useStore(({ transform }) => transform[2] < farZoom)
  const pane = useStore(({ domNode }) => domNode)
  useEffect(() => {
    pane?.toggleAttribute('data-far', isFar)
  }, [pane, isFar])
  return null
}

/** Brings what is asked for into view: all blocks, one of them, or the one that was just chosen or added. */
function Camera({ look, chosen }: { look: Look | null; chosen: string | null }) {
  const flow = useReactFlow()
  const isReady = useStore(({ width }) => width > 0)
  const reveal = useCallback(
    (id: string): void => {
      const node = flow.getNode(id)
      const pane = document.querySelector(`.${styles.canvas ?? ''}`)?.getBoundingClientRect()
      if (!node || !pane) return
      const { x, y } = flow.flowToScreenPosition(node.position)
      const zoom = flow.getZoom()
      const [right, bottom] = [x + (node.width ?? 0) * zoom, y + (node.height ?? 0) * zoom]
      if (x >= pane.left && y >= pane.top && right <= pane.right && bottom <= pane.bottom) return
      const middle = [
        node.position.x + (node.width ?? 0) / 2,
        node.position.y + (node.height ?? 0) / 2
      ] as const
      inBackground(flow.setCenter(...middle, { zoom, duration: 150 }).then(() => undefined))
    },
    [flow]
  )
  useEffect(() => {
    if (!look || !isReady) return
    if (look.at === null) inBackground(flow.fitView({ padding: 0.12, maxZoom: 1 }).then(() => undefined))
    else reveal(look.at)
  }, [look, isReady, flow, reveal])
  useEffect(() => {
    if (chosen !== null && isReady) reveal(chosen)
  }, [chosen, isReady, reveal])
  return null
}

/** The scheme as a picture that can be drawn in. */
export const Canvas = memo(function Canvas({ editing, overlay, look, onEdit, onAdd, onTidy }: Props) {
  const { t } = useTranslation()
  const { scheme, chosen } = editing
  const flow = useReactFlow()
  const [chosenEdge, setChosenEdge] = useState<string | null>(null)
  /** Where blocks stand while they are dragged: the scheme hears of it when they are let go. */
  const [dragged, setDragged] = useState<Readonly<Record<string, Point>> | null>(null)
  const cache = useRef<BlockNode[]>([])
  const nodes = useMemo(
    () => (cache.current = nodesOf(scheme, chosen, overlay, cache.current)),
    [scheme, chosen, overlay]
  )
  const shown = useMemo(
    () =>
      dragged === null
        ? nodes
        : nodes.map((node) => {
            const position = dragged[node.id]
            return position ? { ...node, position, dragging: true } : node
          }),
    [nodes, dragged]
  )
  // Typing and dragging need not wait for the lines to find their ways.
  const shape = useRef(scheme)
  const drawn = useMemo(() => {
    if (!isSameShape(shape.current, scheme)) shape.current = scheme
    return shape.current
  }, [scheme])
  const settled = useDeferredValue(drawn)
  const lanes = useMemo(() => lanesOf(settled), [settled])
  const lines = useRef<LineEdge[]>([])
  const edges = useMemo(
    () => (lines.current = edgesOf(drawn, overlay.path, chosenEdge, lanes, lines.current)),
    [drawn, overlay.path, chosenEdge, lanes]
  )

  const onNodesChange = useCallback(
    (changes: NodeChange<BlockNode>[]) => {
      const moving: Record<string, Point> = {}
      const released: Record<string, Point> = {}
      const isChosen = new Set(chosen)
      for (const change of changes) {
        if (change.type === 'position' && change.position) {
          const { x, y } = change.position
          const into = change.dragging === true ? moving : released
          into[change.id] = { x: Math.round(x), y: Math.round(y) }
        }
        if (change.type === 'select') {
          if (change.selected) isChosen.add(change.id)
          else isChosen.delete(change.id)
        }
      }
      if (Object.keys(moving).length > 0) setDragged((before) => ({ ...before, ...moving }))
      if (Object.keys(released).length > 0) {
        setDragged(null)
        onEdit({ do: 'move', to: released })
      }
      if (changes.some(({ type }) => type === 'select')) onEdit({ do: 'choose', blocks: [...isChosen] })
    },
    [chosen, onEdit]
  )
  const onEdgesChange = useCallback((changes: EdgeChange<LineEdge>[]) => {
    for (const change of changes) {
      if (change.type !== 'select') continue
      setChosenEdge((before) => (change.selected ? change.id : before === change.id ? null : before))
    }
  }, [])
  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) => {
      if (sourceHandle !== null) onEdit({ do: 'connect', block: source, exit: sourceHandle, target })
    },
    [onEdit]
  )
  const onReconnect = useCallback(
    (edge: LineEdge, to: Connection): void => {
      const { block, exit } = exitOfEdge(edge.id)
      if (to.source !== block || to.sourceHandle !== exit)
        onEdit({ do: 'connect', block, exit, target: null })
      onConnect(to)
    },
    [onEdit, onConnect]
  )
  const onDrop = useCallback(
    (event: DragEvent): void => {
      const type = event.dataTransfer.getData(draggedType)
      if (type === '') return
      event.preventDefault()
      onAdd(type, flow.screenToFlowPosition({ x: event.clientX - 40, y: event.clientY - 24 }))
    },
    [flow, onAdd]
  )
  // Whoever comes to a block by Tab has chosen it.
  const onFocus = useCallback(
    ({ target }: FocusEvent<HTMLElement>): void => {
      const id = target.matches('.react-flow__node:focus-visible') ? target.getAttribute('data-id') : null
      if (id !== null && !chosen.includes(id)) onEdit({ do: 'choose', blocks: [id] })
    },
    [chosen, onEdit]
  )
  const onKeyDown = useCallback(
    (event: KeyboardEvent): void => {
      if (chosenEdge === null || !['Delete', 'Backspace'].includes(event.key)) return
      event.stopPropagation()
      onEdit({ do: 'connect', ...exitOfEdge(chosenEdge), target: null })
      setChosenEdge(null)
    },
    [chosenEdge, onEdit]
  )
  const words = useMemo(
    () => ({
      'node.a11yDescription.default': t('schemes.aria.node'),
      'node.a11yDescription.keyboardDisabled': t('schemes.aria.node'),
      'node.a11yDescription.ariaLiveMessage': ({ x, y }: Point) => t('schemes.aria.moved', { x, y }),
      'edge.a11yDescription.default': t('schemes.aria.edge'),
      'minimap.ariaLabel': t('schemes.aria.map'),
      'handle.ariaLabel': t('schemes.aria.handle')
    }),
    [t]
  )

  return (
    <ReactFlow
      className={styles.canvas ?? ''}
      aria-label={t('schemes.canvas')}
      nodes={shown}
      edges={edges}
      nodeTypes={kinds}
      edgeTypes={lineKinds}
      disableKeyboardA11y
      onFocus={onFocus}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onConnect={onConnect}
      onReconnect={onReconnect}
      onDrop={onDrop}
      onDragOver={letDrop}
      onKeyDown={onKeyDown}
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={several}
      snapToGrid
      snapGrid={grid}
      minZoom={0.1}
      maxZoom={1.5}
      connectionRadius={36}
      onlyRenderVisibleElements
      elevateNodesOnSelect={false}
      zoomOnDoubleClick={false}
      ariaLabelConfig={words}
    >
      <Background gap={24} size={1.4} className={styles.dots ?? ''} />
      <MiniMap className={styles.map ?? ''} pannable zoomable nodeStrokeWidth={0} />
      <Buttons onTidy={onTidy} />
      <Distance />
      <Camera look={look} chosen={chosen.length === 1 ? (chosen[0] ?? null) : null} />
    </ReactFlow>
  )
})
