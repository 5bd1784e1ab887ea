import { expect } from 'chai'
import fs from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { ApiDeps } from '../../api/deps.ts'
import { attachLive } from '../../api/live.ts'
import { projectRoot } from '../../host/project-root.ts'
import { ensureChromium } from '../../scripts/lib/testtools.ts'
import { password, startRig, type Rig } from '../api/support/rig.ts'
import { buildPages, shot, signIn, waitMs } from './browser.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe answers, as far as it is read here. */
interface Found {
  violations: { id: string; impact: string; nodes: { target: string[]; failureSummary?: string }[] }[]
}

type ContextLook = NonNullable<Parameters<Browser['newContext']>[0]>

/** Pages before the whole API on a real database, without a telephone exchange: for everything that is not a call. */
export interface RigPages {
  readonly rig: Rig
  /** Signed in as the role of the tests. */
  readonly page: Page
  /** Another window; signed in as `login`, or as nobody. */
  open(look: ContextLook, login: string | null): Promise<{ context: BrowserContext; page: Page }>
  /**
 * What a checker of accessibility finds to be serious in a page at rest: while something fades in it has no colour of
 * its own yet, so whatever is found is looked at once more, and counts when it is still there.
 */
export async function barriersOf(on: Page): Promise<string[]> {
  const found = await foundBarriers(on)
  return found.length === 0 ? [] : foundBarriers(on)
}

async function foundBarriers(on: Page): Promise<string[]> {
  await on.evaluate(
    'Promise.allSettled(document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished)).then(() => undefined)'
  )
  // Past the content policy, which lets no strange script in.
  if (!(await on.evaluate<boolean>("typeof axe === 'object'")))
    await on.evaluate(await fs.readFile(axeFile, 'utf8'))
  const { violations } = await on.evaluate<Found>("axe.run({ resultTypes: ['violations'] })")
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')} ${nodes[0]?.failureSummary}`)
}
