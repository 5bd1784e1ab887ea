import type { Config } from '../config.ts'
import type { Ending } from '../host/ending.ts'
import { welcome } from '../host/welcome.ts'
import { keepAsteriskHere } from './asterisk.ts'
import { startDemo } from './demo.ts'
import { behindOf, openExchange, type Late } from './exchange.ts'
import { layGround, type Ground, type Say } from './ground.ts'
import { leadCalls } from './lease.ts'
import { openParts, panelUrl } from './parts.ts'
import { startRoles } from './split.ts'
import { openTools } from './tools.ts'
import { openWeb } from './web.ts'
import { startSoleWork, startWork } from './work.ts'

/** Starts everything in the order in which the parts need each other. What it starts, `aside` ends in reverse. */
export async function start(config: Config, aside: Ending, say: Say): Promise<void> {
  const ground = await layGround(config, aside, say)
  if (config.keepsAsterisk) await keepAsteriskHere(ground)
  if (config.roles === null) await startAll(ground)
  else await startRoles(ground, config.roles)
  if (config.roles !== null && !config.roles.has('api')) {
    ground.log.info({ roles: [...config.roles] }, 'Ringtrace runs these roles')
    return
  }
  await welcome(
    panelUrl(ground),
    ground.firstLogin,
    config.dataDir,
    config.tls.isOn ? ground.keeper.current() : null
  )
}

/** One process does everything. */
async function startAll(ground: Ground): Promise<void> {
  const late: Late = {}
  const tools = await openTools(ground, behindOf(late))
  const led = await leadCalls(ground, { isAlone: true })
  if (led === null) return
  ground.aside.push('the lease of calls', led.close)
  led.lease.lost.then(
    (why) => {
      // At once, as a crash would: Asterisk and the calls on it are another's now.
      ground.log.fatal(why)
      process.exit(1)
    },
    () => undefined
  )
  const exchange = await openExchange(ground, tools, late, led.lease)
  const { pbx, dialling, sipTrace, sipGuard, metrics } = exchange

  tools.outside.start()
  const parts = await openParts(ground, tools, exchange)
  parts.reminders.start()
  ground.aside.push('reminders', () => parts.reminders.stop())
  startWork(ground, tools, parts, pbx)
  startSoleWork(ground, ground.aside, parts)
  const demo = await startDemo(ground, pbx)
  const live = { pbx, dialling, demo, sipTrace, sipGuard, metrics: metrics.registry }
  await openWeb(ground, tools, parts, live)
}
