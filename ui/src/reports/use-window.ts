import { useCallback, useLayoutEffect, useRef, useState } from 'react'

/** Fewer rows than these are simply all there. */
const allUpTo = 150
const spare = 15

/** Of many rows of one height only those in sight of a scrolling box, so that thousands scroll smoothly. */
export function useWindow(count: number, rowHeight: number) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState({ scroll: 0, height: 800 })
  const isAll = count <= allUpTo
  useLayoutEffect(() => {
    const element = box.current
    if (!element || isAll) return
    const measure = (): void => {
      // In steps of rows: most scrolling changes nothing.
      const scroll = Math.floor(element.scrollTop / rowHeight) * rowHeight
      const height = element.clientHeight
      setTop((old) => (old.scroll === scroll && old.height === height ? old : { scroll, height }))
    }
    measure()
    element.addEventListener('scroll', measure, { passive: true })
    const watcher = new ResizeObserver(measure)
    watcher.observe(element)
    return () => {
      element.removeEventListener('scroll', measure)
      watcher.disconnect()
    }
  }, [isAll, rowHeight])
  const reveal = useCallback(
    (index: number): void => {
      const element = box.current
      if (!element || isAll) return
      const at = index * rowHeight
      const room = element.clientHeight - 3 * rowHeight
      if (at < element.scrollTop) element.scrollTop = at
      else if (at > element.scrollTop + room) element.scrollTop = at - room
    },
    [isAll, rowHeight]
  )
  if (isAll) return { box, reveal, first: 0, last: count, before: 0, after: 0 }
  const first = Math.max(0, Math.min(count, Math.floor(top.scroll / rowHeight)) - spare)
  const last = Math.min(count, first + Math.ceil(top.height / rowHeight) + 2 * spare)
  return { box, reveal, first, last, before: first * rowHeight, after: (count - last) * rowHeight }
}
