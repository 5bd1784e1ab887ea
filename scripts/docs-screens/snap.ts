import fs from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'

/** How a picture is taken: language, colours, and whether on a phone's width. */
export type Look = 'ru-light' | 'en-light' | 'ru-dark' | 'en-dark' | 'ru-narrow' | 'en-narrow'

const wide = { width: 1280, height: 800 }
const narrow = { width: 390, height: 844 }

/** Shows a page in another language and other colours, without loading it anew: a talk goes on. */
export async function show(page: Page, look: Look): Promise<void> {
  const [language = 'ru', form = 'light'] = look.split('-')
  await page.emulateMedia({ colorScheme: form === 'dark' ? 'dark' : 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(form === 'narrow' ? narrow : wide)
  if ((await page.evaluate<string>('document.documentElement.lang')) === language) return
  const isInside = (await page.getByTestId('user-menu').count()) > 0
  if (isInside) await page.getByTestId('user-menu').click()
  await page.getByText(language === 'ru' ? 'Русский' : 'English', { exact: true }).click()
  await page.locator(`html[lang=${language}]`).waitFor()
  if (!isInside) return
  await page.keyboard.press('Escape')
  await page.locator('[role=menu]').waitFor({ state: 'detached' })
}

/** Takes pictures into a folder, and says how much they are together. */
export class Album {
  readonly #dir: string
  bytes = 0
  count = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  /** The page as it stands, once what moves has come to rest. */
  async take(page: Page, name: string): Promise<void> {
    await page.evaluate(
      'Promise.allSettled(document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished)).then(() => undefined)'
    )
    // Where the language was chosen would be marked as having the focus.
    await page.evaluate(
      "document.activeElement?.matches('[data-testid=user-menu]') && document.activeElement.blur()"
    )
    const session = await page.context().newCDPSession(page)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 72 })
    await session.detach()
    const picture = Buffer.from(data, 'base64')
    await fs.writeFile(path.join(this.#dir, `${name}.webp`), picture)
    this.bytes += picture.length
    this.count += 1
  }

  /** A state in several looks; afterwards the page is as it was at first. */
  async each(page: Page, name: string, looks: readonly Look[]): Promise<void> {
    for (const look of looks) {
      await show(page, look)
      await this.take(page, `${name}-${look}`)
    }
    await show(page, 'ru-light')
  }
}
