import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { projectRoot } from '../../host/project-root.ts'
import { ensureChromium, ensureShell } from '../../scripts/lib/testtools.ts'
import { isBuilt } from '../support/built.ts'
import type { Instance } from '../support/instance.ts'
import { microphoneFile } from '../support/sound.ts'

/** Generous: the machine may be busy with other tests. */
export const waitMs = 20_000

export interface Look {
  locale?: 'ru-RU' | 'en-US'
  colorScheme?: 'light' | 'dark'
  viewport?: { width: number; height: number }
}

/** A person at a computer: a browser profile of their own, and everything that went wrong in its pages. */
export interface Desk {
  readonly context: BrowserContext
  /** The first tab. */
  readonly page: Page
  /** Errors of scripts, warnings of the content policy, and dialogs: there shall be none. */
  faults(): Promise<string[]>
  tab(): Promise<Page>
  close(): Promise<void>
}

/** Builds what the server shows to browsers, when the sources are newer. `npm test` has done so before the first test. */
export async function buildPages(): Promise<void> {
  if (isBuilt) return
  await promisify(execFile)(process.execPath, [path.join(projectRoot(), 'scripts/build.mjs')])
}

/**
 * A Chromium whose microphone is a tone of this pitch.
 * @param hasNotifications the whole Chromium, which shows them; the one without windows computes a fifth less
 */
export async function openBrowser(
  dir: string,
  microphoneHertz: number,
  hasNotifications = false
): Promise<Browser> {
  const microphone = await microphoneFile(dir, microphoneHertz)
  return chromium.launch({
    executablePath: await (hasNotifications ? ensureChromium() : ensureShell()),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`
    ]
  })
}

/**
 * Sits a person down before the sign-in page.
 * @param session `name=value` of the cookie of somebody who is signed in already
 */
export async function sitDown(
  browser: Browser,
  instance: Pick<Instance, 'url'>,
  look: Look = {},
  session?: string
): Promise<Desk> {
  const { locale = 'ru-RU', colorScheme = 'light', viewport = { width: 1280, height: 720 } } = look
  const ignoreHTTPSErrors = instance.url.startsWith('https:')
  const context = await browser.newContext({
    ...{ baseURL: instance.url, locale, colorScheme, viewport, ignoreHTTPSErrors },
    // What moves while a talk lasts is drawn again and again, without anybody who looks on.
    reducedMotion: 'reduce'
  })
  context.setDefaultTimeout(waitMs)
  await context.grantPermissions(['microphone'])
  await context.addInitScript({ path: path.join(projectRoot(), 'test/browser/ears.js') })
  const faults: string[] = []
  context.on('page', (page) => watch(page, faults))
  if (session !== undefined) await context.addCookies([cookieOf(session, instance.url)])
  const page = await context.newPage()
  await page.goto('/')
  return {
    context,
    page,
    async faults() {
      const violations = await Promise.all(
        context.pages().map((each) => each.evaluate<string[]>('ears.violations'))
      )
      return [...faults, ...violations.flat()]
    },
    async tab() {
      const opened = await context.newPage()
      await opened.goto('/')
      return opened
    },
    close: () => context.close()
  }
}

/** What a browser keeps of `name=value`. */
export function cookieOf(session: string, url: string): Parameters<BrowserContext['addCookies']>[0][number] {
  const [name = '', value = ''] = session.split('=')
  return { name, value, url, httpOnly: true, sameSite: 'Lax' }
}

function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(String(error.stack)))
  page.on('console', (message) => {
    const { url } = message.location()
    // The browser itself says so of every refused request; being signed out is no fault.
    const isSignedOut = message.text().includes('401') && /\/api\/(me|auth\/login)$/.test(url)
    // The dialling policy says no to a number.
    const isRefused = message.text().includes('409') && url.endsWith('/api/calls')
    if (message.type() === 'error' && !isSignedOut && !isRefused) faults.push(`${message.text()} (${url})`)
  })
  page.on('dialog', (dialog) => {
    if (dialog.type() === 'beforeunload') {
      dialog.accept().catch((error: unknown) => faults.push(String(error)))
      return
    }
    faults.push(`dialog: ${dialog.message()}`)
    dialog.dismiss().catch((error: unknown) => faults.push(String(error)))
  })
}

export async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByTestId('login-name').fill(login)
  await page.getByTestId('login-password').fill(password)
  await page.getByTestId('login-submit').click()
}

/** Loudness of tones in what the page plays; null while it plays nothing. */
export function hears(page: Page, tones: readonly number[]): Promise<number[] | null> {
  return page.evaluate(`ears.hears(${JSON.stringify(tones)})`)
}

/** The peak of what the page plays, full scale 1. */
export function volume(page: Page): Promise<number> {
  return page.evaluate('ears.volume()')
}

/** Keeps a picture for people, in the folder that SHOTS names. */
export async function shot(page: Page, name: string): Promise<void> {
  const dir = process.env['SHOTS']
  if (dir) await page.screenshot({ path: path.join(dir, `${name}.png`) })
}
