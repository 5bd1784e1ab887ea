import { waitFor } from '../../host/process.ts'
import type { Load } from '../calls/load.ts'
import type { RunningRingtrace } from '../calls/ringtrace.ts'
import { settle } from '../calls/variant.ts'
import type { Heap } from './heap.ts'

/** What a call in progress takes of the controller's heap, in kB: with so many calls, less what it takes without. */
export async function memoryPerCall(
  product: RunningRingtrace,
  load: Load,
  heap: Heap,
  calls: number
): Promise<{ calls: number; kilobytes: number }> {
  await settle(product)
  const before = await heap.live()
  const running = load.run({
    ...{ sipPort: product.sipPort, rate: 10, seconds: calls / 10 },
    // Until all of them are there, and have been looked at.
    talkMs: calls * 100 + 20_000
  })
  let there = 0
  await waitFor(
    async () => {
      const text = await (await fetch(`${product.httpUrl}/metrics`)).text()
      there = Math.max(there, Number(/^pbx_calls (\d+)/m.exec(text)?.[1] ?? 0))
      return there >= calls
    },
    { timeoutMs: calls * 100 + 10_000, everyMs: 500 }
  )
  const during = await heap.live()
  await running
  await settle(product)
  const after = await heap.live()
  return { calls: there, kilobytes: (during - (before + after) / 2) / 1024 / Math.max(1, there) }
}
