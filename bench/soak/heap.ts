import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { WebSocket } from 'ws'

/** Looks into the memory of a Node that was started with `--inspect`. */
export interface Heap {
  /** Bytes that are in use once all garbage is collected. */
  live(): Promise<number>
  /** What keeps its loop alive, by kind, such as `Timeout`. */
  resources(): Promise<Record<string, number>>
  /** Writes all that is in memory, garbage collected, into a file that Chromium's tools and `growth.ts` read. */
  snapshot(file: string): Promise<void>
  close(): void
}

interface Message {
  id?: number
  result?: unknown
  method?: string
  params?: { chunk?: string }
}

export async function openHeap(port: number): Promise<Heap> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[]
  if (!target) throw new Error('Nothing can be looked into')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await once(socket, 'open')
  const waiting = new Map<number, (result: unknown) => void>()
  let last = 0
  let chunk: (text: string) => void = () => undefined
  socket.on('message', (data: Buffer) => {
    const { id, result, method, params } = JSON.parse(data.toString()) as Message
    if (method === 'HeapProfiler.addHeapSnapshotChunk') chunk(params?.chunk ?? '')
    if (id === undefined) return
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  const ask = <T>(method: string, params: object = {}): Promise<T> =>
    new Promise((resolve) => {
      last += 1
      waiting.set(last, resolve as (result: unknown) => void)
      socket.send(JSON.stringify({ id: last, method, params }))
    })

  return {
    async live() {
      // Twice: what the first one finalises, the second one frees.
      await ask('HeapProfiler.collectGarbage')
      await ask('HeapProfiler.collectGarbage')
      const { usedSize } = await ask<{ usedSize: number }>('Runtime.getHeapUsage')
      return usedSize
    },
    async resources() {
      const expression = 'JSON.stringify(process.getActiveResourcesInfo())'
      const { result } = await ask<{ result: { value: string } }>('Runtime.evaluate', { expression })
      const counts: Record<string, number> = {}
      for (const name of JSON.parse(result.value) as string[]) counts[name] = (counts[name] ?? 0) + 1
      return counts
    },
    async snapshot(file) {
      const output = createWriteStream(file)
      chunk = (text) => void output.write(text)
      await ask('HeapProfiler.collectGarbage')
      await ask('HeapProfiler.takeHeapSnapshot')
      output.end()
      await once(output, 'finish')
    },
    close: () => socket.close()
  }
}
