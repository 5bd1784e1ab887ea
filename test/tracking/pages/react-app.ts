import { createElement as h, useEffect, useState } from 'react'

/** A page that a server has rendered and the browser takes over: each text must be as React left it. */
export function App() {
  const [isLive, setLive] = useState(false)
  const [count, setCount] = useState(0)
  useEffect(() => setLive(true), [])
  return h(
    'main',
    null,
    h('p', { id: 'phone' }, 'Call us: ', '8 (495) 111-22-33', ' now'),
    h('a', { id: 'link', href: 'tel:+74951112233' }, '+7 495 111-22-33'),
    h('button', { id: 'more', onClick: () => setCount(count + 1) }, `Pressed ${count}`),
    count > 0 && h('p', { id: 'late' }, `After ${count}: 8 (495) 111-22-33`),
    h('i', { id: 'live' }, isLive ? 'live' : 'still')
  )
}
