import path from 'node:path'
import type { Demo } from '../demo/demo.ts'
import type { Pbx } from '../pbx/runtime/pbx.ts'
import type { Ground } from './ground.ts'

/** The demo carrier, where there is a demo; only such an installation pays for loading it. */
export async function startDemo(ground: Ground, pbx: Pbx): Promise<Demo | null> {
  const { home, config, db, log, aside } = ground
  if (!config.demo) return null
  const { createDemo } = await import('../demo/demo.ts')
  const demo = createDemo({ ...{ home, config, db, log }, dir: path.join(config.dataDir, 'demo-carrier') })
  await demo.start()
  aside.push('the demo', () => demo.stop())
  pbx.feed.onRow((row) => demo.onRow(row))
  return demo
}
