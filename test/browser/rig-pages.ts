import { expect } from 'chai'
import fs from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { ApiDeps } from '../../api/deps.ts'
import { attachLive } from '../../api/live.ts'
import { projectRoot } from '../../host/project-root.ts'
import { ensureShell } from '../../scripts/lib/testtools.ts'
import { startRig, type Rig } from '../api/support/rig.ts'
import { buildPages, cookieOf, shot, waitMs } from './browser.ts'

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
  /** What a checker of accessibility finds to be serious. */
  barriers(on?: Page): Promise<string[]>
}

let launched: Promise<Browser> | undefined

/** The browser of all tests of pages of this run; each has windows of its own. */
function shell(): Promise<Browser> {
  launched ??= ensureShell().then((executablePath) =>
    chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
    })
  )
  return launched
}
// Outside every `describe`: runs once, after the last file.
after(async () => (await launched)?.close())

/**
 * Starts rig and pages for the tests of a `describe`, and ends both. A script that fails in a page, or an error on its
 * console, fails the test.
 * @param login the role that `page` is signed in as
 * @param options `fill`: what is in the database before the first page; `look` of the first window
 * @returns how to get at it, from the first test on
 */
export function rigPagesForTests(
  name: string,
  login: string,
  options: {
    fill?: (rig: Rig) => Promise<unknown>
    look?: ContextLook
    /** More parts for the API than its tests usually have. */
    before?: (deps: ApiDeps, databaseUrl: string) => ApiDeps | Promise<ApiDeps>
    isExpected?: (fault: string) => boolean
  } = {}
): () => RigPages {
  const { isExpected = () => false } = options
  const look = { locale: 'ru-RU', viewport: { width: 1280, height: 900 }, ...options.look }
  const faults: string[] = []
  let opened: RigPages | undefined
  const contexts: BrowserContext[] = []
  let live: ReturnType<typeof attachLive> | undefined
  const pages = (): RigPages => {
    if (!opened) throw new Error('The pages are not open yet')
    return opened
  }
  const note = (fault: string): void => {
    // Nobody is signed in at first, no exchange stands behind the telephone, and no sound device behind the browser.
    if (
      !fault.includes('401') &&
      !fault.includes('/sip') &&
      !fault.includes('AudioContext') &&
      !isExpected(fault)
    )
      faults.push(fault)
  }

  before(async function () {
    this.timeout(300_000)
    // Whoever works on the pages has them built elsewhere.
    const built = process.env['UI_DIR']
    if (built === undefined) await buildPages()
    const rig = await startRig({
      uiDir: built ?? path.join(projectRoot(), 'dist/ui'),
      ...(options.before && { before: options.before })
    })
    live = attachLive(rig.server, rig.deps)
    // No exchange stands behind it.
    rig.server.on('upgrade', ({ url }, socket) => {
      if (url?.startsWith('/sip')) socket.destroy()
    })
    await options.fill?.(rig)
    const browser = await shell()
    const open: RigPages['open'] = async (given, as) => {
      const context = await browser.newContext({ baseURL: rig.url, acceptDownloads: true, ...given })
      context.setDefaultTimeout(waitMs)
      const page = await context.newPage()
      page.on('pageerror', (error) => note(String(error.stack)))
      page.on('console', (message) => {
        if (message.type() === 'error') note(`${message.text()} (${message.location().url})`)
      })
      contexts.push(context)
      if (as !== null) {
        // As the sign-in page leaves them, without loading it first: its own tests are in `softphone` and `panel-access`.
        await context.addCookies([cookieOf((await rig.signIn(as)).cookie, rig.url)])
      }
      await page.goto('/')
      if (as !== null) await page.getByTestId('user-menu').waitFor()
      return { context, page }
    }
    const { page } = await open(look, login)
    opened = {
      rig,
      page,
      open,
      barriers: (on = page) => barriersOf(on)
    }
  })
  after(async function () {
    this.timeout(60_000)
    for (const context of contexts) await context.close()
    await live?.close()
    await opened?.rig.close()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && opened) await shot(opened.page, `failed-${name}`)
    expect(faults.splice(0).join('; ')).to.equal('')
  })
  return pages
}

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
