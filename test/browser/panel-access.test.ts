import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { until } from '../support/until.ts'
import { password } from '../api/support/rig.ts'
import { shot, signIn, waitMs } from './browser.ts'
import { fillPanel, ringsAt } from './panel-data.ts'
import { rigPagesForTests, type RigPages } from './rig-pages.ts'

const looks = {
  'ru-light-1280': { locale: 'ru-RU', colorScheme: 'light', viewport: { width: 1280, height: 720 } },
  'en-dark-390': {
    locale: 'en-US',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce'
  }
} as const

/** Through the links on top of a wide screen, or at the foot of a narrow one. */
const goTo = (page: Page, place: string): Promise<void> =>
  page.locator(`[data-testid=nav-${place}], [data-testid=tab-${place}]`).locator('visible=true').click()

/** Ends the call that rings. */
let ends: () => void = () => undefined

/** What people look at, and how they get there. Each goes on from where the last one ended. */
const scenes: Record<string, (page: Page, pages: RigPages) => Promise<void>> = {
  missed: async (page) => {
    await page.getByTestId('own-missed').click()
    await page.getByTestId('missed-client').first().waitFor()
  },
  tasks: async (page) => {
    await page.getByTestId('own-tasks').click()
    await page.getByTestId('my-task').first().waitFor()
  },
  'dial-box': async (page) => {
    await page.getByTestId('dial-input').fill('мар')
    await page.locator('[data-testid=dial-found][data-kind=client]').nth(1).waitFor()
    await page.getByTestId('dial-preview').waitFor()
  },
  'call-drawer': async (page) => {
    // Once empties the field, twice closes the list under it.
    await page.getByTestId('dial-input').press('Escape')
    await page.getByTestId('dial-found').first().waitFor({ state: 'detached' })
    await page.getByTestId('own-calls').click()
    await page.getByTestId('recent-call').first().click()
    await page.getByRole('dialog').getByTestId('note').waitFor()
  },
  'keys-sheet': async (page) => {
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByTestId('keys-sheet').waitFor()
  },
  'user-menu': async (page) => {
    await page.getByTestId('user-menu').click()
    await page.getByTestId('sign-out').waitFor()
  },
  sound: async (page) => {
    await page.getByTestId('open-sound').click()
    await page.getByTestId('choose-microphone').waitFor()
  },
  journal: async (page) => {
    await goTo(page, 'journal')
    await page.getByTestId('journal-row').first().waitFor()
  },
  ringing: async (page, { rig }) => {
    await goTo(page, 'desk')
    ends = ringsAt(rig, { userId: rig.as.operator.userId, name: 'Анна Светлова' })
    await page.locator('[data-testid=ring-card][data-phase=ringing]').waitFor()
    await until(async () => (await page.getByTestId('ring-said').innerText()).includes('Мария Ёлкина'), {
      what: 'it is said aloud'
    })
  },
  live: async (page) => {
    await goTo(page, 'live')
    await page.getByTestId('live-row').first().waitFor()
    await page.getByTestId('ring-card').waitFor()
  }
}

interface Stop {
  name: string
  isSeen: boolean
  region: string
}

const focused = (page: Page, testId: string): Promise<boolean> =>
  page.evaluate(`document.activeElement?.dataset.testid === '${testId}'`)

describe('The panel, for everybody', function () {
  this.timeout(90_000)
  const pages = rigPagesForTests('panel-access', 'operator', {
    fill: fillPanel,
    // Calls that were only written into the journal have no tape.
    isExpected: (fault) => fault.includes('404') && fault.includes('/tape')
  })

  /** Nothing is cut off at the side, and nothing moves for those who want it still. */
  async function fits(page: Page, isStill: boolean): Promise<void> {
    const width = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]'
    )
    expect(width[0], 'nothing lies beside the screen').to.be.at.most(width[1])
    if (!isStill) return
    const moving = await page.evaluate<number>(
      'document.getAnimations().filter((each) => each.effect.getTiming().iterations === Infinity).length'
    )
    expect(moving, 'endless movements').to.equal(0)
  }

  for (const [name, look] of Object.entries(looks)) {
    it(`has no serious barrier: ${name}`, async () => {
      const { page, context } = await pages().open(look, 'operator')
      for (const [scene, show] of Object.entries(scenes)) {
        await show(page, pages())
        await fits(page, 'reducedMotion' in look)
        await shot(page, `panel-${scene}-${name}`)
        expect(await pages().barriers(page), scene).to.deep.equal([])
        await page.keyboard.press('Escape')
      }
      await context.close()
      ends()
    })
  }

  it('is worked without a mouse: from any page to the dial box, to a client by part of their name', async () => {
    const { page, rig } = pages()
    await page.goto('/journal')
    await page.getByTestId('journal-row').first().waitFor()
    await page.keyboard.press('c')
    await page.getByTestId('dial-input').waitFor()
    await until(() => focused(page, 'dial-input'), { timeoutMs: waitMs, what: 'the field has the focus' })
    await page.keyboard.type('мар')
    await page.locator('[data-testid=dial-found][data-kind=client]').nth(1).waitFor()
    await page.keyboard.press('ArrowDown')
    const chosen = page.locator('[data-testid=dial-found][aria-selected=true]')
    await chosen.getByText('Савелий Марьин').waitFor()
    rig.exchange.fateOf = () => 'open'
    await page.keyboard.press('Enter')
    await until(() => rig.exchange.placed.length > 0, { timeoutMs: waitMs, what: 'a call' })
    expect(rig.exchange.placed.at(-1)?.order.target).to.include({ number: '+74950009988' })
    await page.getByTestId('own-calls').focus()
    await page.keyboard.press('ArrowRight')
    await page.getByTestId('my-task').first().waitFor()
    await page.keyboard.press('s')
    await page.getByTestId('presence-offline').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByTestId('keys-sheet').waitFor()
    await page.keyboard.press('3')
    await page.keyboard.press('Escape')
    await page.getByTestId('keys-sheet').waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname, 'no page changes behind a dialog').to.equal('/')
  })

  it('shows where the focus is, in the order in which it is read', async () => {
    const { page } = pages()
    await page.goto('/')
    await page.getByTestId('own-tasks').click()
    // Nothing was pressed on this page yet: the first stop is the first thing on it.
    await page.reload()
    await page.getByTestId('my-task').first().waitFor()
    const regions: string[] = []
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate<Stop | null>(`(() => {
        const one = document.activeElement
        if (!one || one === document.body) return null
        const { outlineStyle, outlineWidth } = getComputedStyle(one)
        const region = one.closest('header, nav, [data-testid=dial-box], [data-testid=my-work], main')
        return {
          name: one.getAttribute('aria-label') ?? one.textContent,
          isSeen: one.matches('input') || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2),
          region: region?.dataset.testid ?? region?.tagName ?? ''
        }
      })()`)
      if (!at) break
      expect(at.isSeen, `the focus on “${at.name}” is seen`).to.equal(true)
      if (regions.at(-1) !== at.region) regions.push(at.region)
    }
    expect(regions.slice(0, 5)).to.deep.equal(['HEADER', 'NAV', 'HEADER', 'MAIN', 'dial-box'])
    expect(regions).to.include('my-work')
  })

  it('fills the dial box from a link and calls nobody until it is told to, signed in or not', async () => {
    const { open, rig } = pages()
    rig.exchange.placed.length = 0
    const link = '/call?to=web%2Btel%3A%2B7-916-111-22-33'
    const { page, context } = await open(looks['ru-light-1280'], null)
    await page.goto(link)
    await signIn(page, 'operator', password)
    await page.getByTestId('dial-asked').waitFor()
    expect(await page.getByTestId('dial-input').inputValue()).to.equal('+79161112233')
    await page.getByTestId('dial-preview').getByText('8 (495) 111-22-33').waitFor()
    expect(await pages().barriers(page)).to.deep.equal([])
    await shot(page, 'panel-link-ru-light-1280')
    expect(rig.exchange.placed).to.deep.equal([])
    expect(await focused(page, 'dial-call')).to.equal(true)
    await page.keyboard.press('Enter')
    await until(() => rig.exchange.placed.length === 1, { timeoutMs: waitMs, what: 'one press, one call' })
    await page.getByTestId('dial-asked').waitFor({ state: 'detached' })
    await page.goto('/call?to=javascript:alert(1)')
    await page.locator('[data-testid=toast][data-color=rust]').waitFor()
    expect(rig.exchange.placed.length).to.equal(1)
    await context.close()
  })

  it('gives nobody a button to call who may not', async () => {
    const { open } = pages()
    const { page, context } = await open(looks['ru-light-1280'], 'marketer')
    await page.goto('/journal')
    await page.getByTestId('journal-row').first().waitFor()
    expect(await page.getByTestId('call-number').count()).to.equal(0)
    await page.goto('/call?to=%2B79161112233')
    await page.waitForURL('**/reports/**')
    await context.close()
  })
})
