import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { idOf, type Rig } from '../api/support/rig.ts'
import { until } from '../support/until.ts'
import { shot } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

describe('A scheme drawn in a browser', function () {
  this.timeout(120_000)
  let groupId = ''
  const pages = rigPagesForTests('schemes', 'admin', {
    look: { viewport: { width: 1440, height: 860 } },
    async fill(rig: Rig) {
      const made = await rig.as.admin.send('POST', '/api/groups', {
        name: 'Продажи',
        memberIds: [rig.as.operator.userId]
      })
      groupId = idOf(made)
    },
    // The server says so when a draft has changed, and when a check fails; the page shows it.
    isExpected: (fault) => fault.includes('409')
  })
  let schemeId = ''
  /** The window of a second person, who reads English. */
  let other: Page | undefined
  const stored = () =>
    pages()
      .rig.db('schemes')
      .where({ id: schemeId })
      .first<{ draft: Drawn; revision: number }>('draft', 'revision')
  interface Drawn {
    start: string
    blocks: Record<
      string,
      {
        settings: Record<string, unknown>
        exits: Record<string, string | null>
        position?: { x: number; y: number }
      }
    >
  }
  const choose = async (page: Page, field: string, option: string): Promise<void> => {
    await page.getByTestId(field).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const saved = (page: Page): Promise<void> =>
    page.locator('[data-testid="saving"][data-state="saved"]').waitFor()
  const block = (page: Page, id: string) => page.getByTestId(`block-${id}`)

  it('begins with an empty page', async () => {
    const { page } = pages()
    await page.goto('/settings/schemes')
    await page.getByTestId('add-schemes').click()
    await page.getByTestId('new-scheme-name').fill('Главный')
    await shot(page, 'schemes-new')
    await page.getByTestId('create-scheme').click()
    await page.getByTestId('empty-scheme').waitFor()
    schemeId = page.url().split('/').at(-1) ?? ''
  })

  it('gets a menu with two branches, by keys and by the mouse', async () => {
    const { page } = pages()
    await page.getByTestId('add-menu').focus()
    await page.keyboard.press('Enter')
    await block(page, 'menu').waitFor()
    await page.getByTestId('key-label-1').fill('Продажи')
    // From the chosen block, by its first way out that leads nowhere yet.
    await page.getByTestId('add-ring').click()
    await block(page, 'ring').waitFor()
    await choose(page, 'setting-groupId', 'Продажи')
    // The other branch: a message, to which a line is drawn.
    await page.locator('.react-flow__pane').click({ position: { x: 30, y: 30 } })
    await page.getByTestId('add-voicemail').click()
    await block(page, 'voicemail').waitFor()
    await page.getByTestId('tidy').click()
    const exit = await page.getByTestId('exit-menu-2').boundingBox()
    const target = await block(page, 'voicemail').locator('.react-flow__handle.target').boundingBox()
    if (!exit || !target) throw new Error('The ends of the line are not in sight')
    await page.mouse.move(exit.x + exit.width / 2, exit.y + exit.height / 2)
    await page.mouse.down()
    await page.mouse.move(target.x + 4, target.y + 4, { steps: 8 })
    await page.mouse.up()
    await block(page, 'menu').click()
    await choose(page, 'leads-noInput', 'Голосовая почта')
    await choose(page, 'leads-wrongInput', 'Голосовая почта')
    await block(page, 'ring').click()
    await choose(page, 'leads-noAnswer', 'Голосовая почта')
    await page.getByTestId('tidy').click()
    await saved(page)
    const { draft } = (await stored()) ?? {}
    expect(draft?.start).to.equal('menu')
    expect(draft?.blocks['menu']?.exits).to.deep.equal({
      1: 'ring',
      2: 'voicemail',
      noInput: 'voicemail',
      wrongInput: 'voicemail'
    })
    expect(draft?.blocks['ring']?.settings).to.deep.equal({ groupId })
    await shot(page, 'schemes-drawn')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('is drawn by the keyboard alone', async () => {
    const { page } = pages()
    const chosenIs = (id: string): Promise<void> =>
      page.locator(`[data-testid="block-${id}"][data-chosen]`).waitFor()
    const focusIs = (id: string): Promise<void> =>
      page.locator(`.react-flow__node[data-id="${id}"]:focus`).waitFor()
    await block(page, 'menu').click()
    await page.keyboard.press('ArrowRight')
    await chosenIs('ring')
    await focusIs('ring')
    await page.keyboard.press('ArrowLeft')
    await chosenIs('menu')
    await page.keyboard.press('b')
    await page.getByTestId('quick-pick-find').fill('Метк')
    await shot(page, 'schemes-pick')
    expect(await pages().barriers()).to.deep.equal([])
    await page.keyboard.press('Enter')
    await chosenIs('tag')
    // The field of the new block has no focus: keys are still the canvas’s.
    await page.keyboard.press('l')
    await page.getByTestId('pick-next').waitFor()
    await page.locator('[data-testid=quick-pick-find]:focus').press('Enter')
    await page.getByTestId('pick-voicemail').waitFor()
    await page.getByTestId('quick-pick-find').fill('голос')
    await page.keyboard.press('Enter')
    const before = await until(
      async () => {
        const tag = (await stored())?.draft.blocks['tag']
        return tag?.exits['next'] === 'voicemail' ? tag : null
      },
      { what: 'the new line is stored' }
    )
    expect(before.exits).to.deep.equal({ next: 'voicemail' })
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    const { y } = before.position ?? { y: 0 }
    await until(async () => (await stored())?.draft.blocks['tag']?.position?.y === y + 32, {
      what: 'it has moved'
    })
    // Both steps are one to take back.
    await page.keyboard.press('Control+z')
    await until(async () => (await stored())?.draft.blocks['tag']?.position?.y === y, { what: 'it is back' })
    await page.keyboard.press('Delete')
    await block(page, 'tag').waitFor({ state: 'detached' })
  })

  it('is tried out by telephone, and the picture follows the call', async () => {
    const { page, rig } = pages()
    const { as, pbx } = rig
    await page.getByTestId('test-call').click()
    await page.getByTestId('test-from').fill('+74951112233')
    await page.getByTestId('test-start').click()
    // There is no telephone behind this page.
    await page.getByTestId('test-refused').waitFor()
    pbx.phones.set(as.admin.userId, ['op-admin'])
    await page.getByTestId('test-now').locator('..').click()
    await page.getByTestId('test-time').fill('2026-11-21T19:30')
    await shot(page, 'schemes-test')
    expect(await pages().barriers()).to.deep.equal([])
    await page.getByTestId('test-start').click()
    await page.getByTestId('test-bar').waitFor()
    const order = pbx.placed.at(-1)
    expect(order?.test).to.include({ isReal: false })
    expect(order?.test?.caller.number).to.equal('+74951112233')
    expect(order?.test?.scheme).to.deep.include({ id: schemeId, version: 0 })
    expect(order).to.deep.include({ callType: 'test', target: { kind: 'user', userId: as.admin.userId } })
    const callId = pbx.placedIds.at(-1) ?? ''
    let seq = 0
    const say = (type: string, data: Record<string, unknown>): void =>
      pbx.say({
        callId,
        seq: (seq += 1),
        atMs: Date.now(),
        type,
        from: null,
        to: 'inScheme',
        data,
        effects: []
      })
    await rig.db('calls').insert({
      ...{ id: callId, pbx_unique_id: `${callId}.op1`, direction: 'internal', call_type: 'test' },
      ...{ started_at: new Date(), scheme_id: schemeId }
    })
    const caller = { number: '+74951112233', name: null, region: null, country: null }
    say('call.initiated', {
      ...{ pbxUniqueId: `${callId}.op1`, direction: 'internal', callType: 'test', caller, dialed: '' },
      ...{ trunkId: null, number: null, source: null, site: null, contact: null },
      scheme: { id: schemeId, name: 'Главный', version: 0 }
    })
    const step = {
      step: 1,
      exit: null,
      pressed: null,
      targets: [],
      groupName: null,
      seconds: null,
      label: null
    }
    say('call.forwarding_step', { ...step, state: 'started', block: 'menu', blockType: 'menu' })
    await page.locator('[data-testid="block-menu"][data-tested]').waitFor()
    expect(await page.getByTestId('live-menu').count(), 'nobody who tests is a caller').to.equal(0)
    say('call.forwarding_step', { ...step, state: 'ended', block: 'menu', blockType: 'menu', exit: '1' })
    say('call.forwarding_step', { ...step, step: 2, state: 'started', block: 'ring', blockType: 'ring' })
    await page.locator('[data-testid="block-ring"][data-tested]').waitFor()
    await page.getByTestId('test-answers').click()
    await until(() => pbx.wishes.some(({ wish }) => wish.type === 'playOther' && wish.does === 'answers'), {
      what: 'the answer is played'
    })
    await shot(page, 'schemes-tested')
    expect(await pages().barriers()).to.deep.equal([])
    say('call.ended', {
      ...{ outcome: 'missed', reason: 'scheme_ended', hangupBy: 'system', cause: null },
      ...{ waitSeconds: 1, talkSeconds: 0, heldSeconds: 0, totalSeconds: 1 }
    })
    await page.locator('[data-testid="test-bar"][data-over]').waitFor()
    await page.getByTestId('test-close').click()
    await page.getByTestId('test-bar').waitFor({ state: 'detached' })
  })

  it('takes steps back and forth, and copies', async () => {
    const { page } = pages()
    await block(page, 'ring').click()
    await page.keyboard.press('Control+c')
    await page.keyboard.press('Control+v')
    await block(page, 'ring-2').waitFor()
    await page.keyboard.press('Delete')
    await block(page, 'ring-2').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+z')
    await block(page, 'ring-2').waitFor()
    await page.keyboard.press('Control+z')
    await block(page, 'ring-2').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Shift+z')
    await block(page, 'ring-2').waitFor()
    await page.getByTestId('undo').click()
    await block(page, 'ring-2').waitFor({ state: 'detached' })
    await saved(page)
  })

  it('says what is wrong while it is drawn, and leads there', async () => {
    const { page } = pages()
    await page.getByTestId('add-external').click()
    await block(page, 'external').waitFor()
    await page.getByTestId('tab-problems').click()
    await page.getByTestId('problem').filter({ hasText: '«Номер»' }).click()
    await page.getByTestId('setting-number').waitFor()
    expect(await block(page, 'external').getAttribute('data-severity')).to.equal('error')
    await page.getByTestId('remove-block').click()
    await block(page, 'external').waitFor({ state: 'detached' })
  })

  it('shows the way of an imagined call, and keeps it as a check', async () => {
    const { page } = pages()
    await page.getByTestId('fit').click()
    await page.getByTestId('tab-simulator').click()
    await page.getByTestId('simulated-presses').fill('1')
    await page.getByTestId('simulated-operators').getByText('не отвечают').click()
    await page.locator('[data-testid="simulated-outcome"][data-outcome="message"]').waitFor()
    await page.locator('[data-testid="block-ring"][data-visited]').waitFor()
    await shot(page, 'schemes-imagined')
    await page.getByTestId('save-check').click()
    await page.getByTestId('check-name').fill('Не ответили: сообщение')
    await page.getByTestId('check-save').click()
    await page.locator('[data-testid="check-row"][data-passed="true"]').waitFor()
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('is published, and not while a check fails', async () => {
    const { page } = pages()
    await page.getByTestId('publish').click()
    await page.getByTestId('publish-confirm').click()
    await page.getByTestId('published-as').filter({ hasText: 'версия 1' }).waitFor()
    await block(page, 'menu').click()
    await page.getByTestId('tab-block').click()
    await choose(page, 'leads-1', 'Голосовая почта')
    // Not saved yet: who publishes need not wait for that.
    await page.getByTestId('publish').click()
    await page.getByTestId('failed-checks').waitFor()
    expect(await page.getByTestId('publish-confirm').isDisabled()).to.equal(true)
    await shot(page, 'schemes-refused')
    await page.keyboard.press('Escape')
    await page.getByTestId('undo').click()
    await block(page, 'ring').click()
    await page.getByTestId('block-label').fill('Отдел продаж')
    await page.getByTestId('publish').click()
    await page.getByTestId('changes').getByText('Отдел продаж').waitFor()
    await page.getByTestId('publish-confirm').click()
    await page.getByTestId('published-as').filter({ hasText: 'версия 2' }).waitFor()
  })

  it('goes back to an older version as a new one', async () => {
    const { page } = pages()
    await page.getByTestId('tab-versions').click()
    await page.getByTestId('version-1').click()
    await page.getByTestId('rollback-1').click()
    await page.getByTestId('confirm').click()
    await page.getByTestId('published-as').filter({ hasText: 'версия 3' }).waitFor()
    await page.getByTestId('version-3').waitFor()
    await shot(page, 'schemes-versions')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('is read in English and in the dark as well', async () => {
    const look = { locale: 'en-US', colorScheme: 'dark' as const, viewport: { width: 1280, height: 720 } }
    const { page } = await pages().open(look, 'admin')
    other = page
    await page.goto(`/schemes/${schemeId}`)
    await block(page, 'menu').click()
    await page.getByTestId('block-label').waitFor()
    await page.getByRole('button', { name: 'Publish' }).waitFor()
    await shot(page, 'schemes-dark-block')
    await page.getByTestId('tab-simulator').click()
    await page.getByTestId('simulated-path').waitFor()
    await shot(page, 'schemes-dark-imagined')
    expect(await pages().barriers(page)).to.deep.equal([])
  })

  it('puts together what two people drew at one time', async () => {
    const { page } = pages()
    if (!other) throw new Error('Nobody else is there')
    await other.getByTestId('tab-block').click()
    await block(other, 'voicemail').click()
    await other.getByTestId('block-label').fill('Автоответчик')
    await until(async () => JSON.stringify((await stored())?.draft).includes('Автоответчик'), {
      what: 'the first has saved'
    })
    await other.context().close()
    await block(page, 'menu').click()
    await page.getByTestId('block-label').fill('Выбор')
    await page.getByTestId('merge').waitFor()
    await shot(page, 'schemes-conflict')
    await page.getByTestId('merge').click()
    await until(
      async () => {
        const { draft: merged } = (await stored()) ?? {}
        const labels = Object.values(merged?.blocks ?? {}).map((each) => (each as { label?: string }).label)
        return labels.includes('Автоответчик') && labels.includes('Выбор')
      },
      { what: 'both names are kept' }
    )
    await saved(page)
    await block(page, 'voicemail').getByText('Автоответчик').waitFor()
  })

  it('stays smooth with two hundred blocks', async () => {
    const { page, rig } = pages()
    const count = 200
    const blocks = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `greeting-${index}`,
        {
          type: 'greeting',
          label: `Шаг ${index}`,
          settings: {},
          exits: { next: index + 1 < count ? `greeting-${index + 1}` : null },
          position: { x: (index % 20) * 320, y: Math.floor(index / 20) * 160 }
        }
      ])
    )
    const made = await rig.as.admin.send('POST', '/api/schemes', {
      name: 'Большой',
      draft: { locale: 'ru', start: 'greeting-0', blocks }
    })
    await page.goto(`/schemes/${idOf(made)}`)
    await block(page, 'greeting-0').waitFor()
    await page.getByTestId('fit').click()
    await until(async () => (await page.locator('.react-flow__node').count()) === count, {
      what: 'all blocks are in sight'
    })
    const box = await block(page, 'greeting-105').boundingBox()
    if (!box) throw new Error('The block is not in sight')
    await page.mouse.move(box.x + box.width / 2, box.y + 4)
    await page.mouse.down()
    // Work of the page for each move of the mouse, in milliseconds; pictures a second depend on the machine.
    await page.evaluate(
      "window.longTasks = []; new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((each) => each.duration))).observe({ entryTypes: ['longtask'] })"
    )
    const startMs = performance.now()
    for (let step = 1; step <= 60; step += 1) {
      await page.mouse.move(box.x + box.width / 2 + step * 2, box.y + 4 + step)
    }
    const moveMs = (performance.now() - startMs) / 60
    await page.mouse.up()
    const longest = Math.max(0, ...(await page.evaluate<number[]>('window.longTasks')))
    if (process.env['FIGURES'])
      process.stdout.write(`${moveMs.toFixed(1)} ms a move, longest ${longest} ms\n`)
    await saved(page)
    await page.locator('.react-flow__node').first().waitFor()
    expect(moveMs).to.be.below(200)
  })
})
