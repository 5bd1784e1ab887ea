import type { RequestListener } from 'node:http'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { OperatorState } from '../../pbx/runtime/feed.ts'
import { callId, initiated, insertCall, rung, tapeOf } from '../api/support/calls.ts'
import type { Rig } from '../api/support/rig.ts'
import { until } from '../support/until.ts'
import { shot, waitMs } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

const talk = callId()
const number = '+79161112233'
let anna = ''
let tape: ReturnType<typeof tapeOf>

/**
 * From now on no change reaches the server, also none that a page sends as it is left: those come past `page.route`.
 * @returns makes it as it was
 */
function cutChanges(server: Rig['server']): () => void {
  const listeners = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  let isCut = true
  server.on('request', (req, res) => {
    if (isCut && req.method === 'PATCH') req.socket.destroy()
    else for (const listener of listeners) listener.call(server, req, res)
  })
  return () => {
    isCut = false
  }
}

/** A talk with a client who has called before, two others who wait, and what is owed to a fourth. */
async function fill(rig: Rig): Promise<void> {
  const { admin, operator, supervisor } = rig.as
  const who = { userId: operator.userId, name: 'The operator' }
  const { body } = await admin.send('POST', '/api/contacts', { name: 'Анна Соколова', phones: [number] })
  anna = String(body['id'])
  await admin.send('POST', '/api/contacts', { name: 'Борис', phones: ['+79165550000'] })
  const group = await admin.send('POST', '/api/groups', { name: 'Продажи', memberIds: [operator.userId] })
  const deal = { title: 'Кухня', contactId: anna, amount: 120_000, responsibleId: operator.userId }
  await admin.send('POST', '/api/deals', deal)
  const task = {
    kind: 'follow_up',
    contactId: anna,
    assigneeId: operator.userId,
    dueAt: '2030-01-10T09:00:00Z'
  }
  await admin.send('POST', '/api/tasks', { ...task, title: 'Выслать эскиз' })
  const owed = { kind: 'call_back', phone: '+79167770000', assigneeId: operator.userId }
  await admin.send('POST', '/api/tasks', { ...owed, title: 'Виктор' })
  const past = { caller_number: number, contact_id: anna, operator_name: 'Вера', source_name: 'Радио' }
  await insertCall(rig.db, { ...past, talk_seconds: 95, tags: ['кухня', 'замер'], started_at: new Date() })
  await insertCall(rig.db, { ...past, outcome: 'missed', started_at: '2026-11-01T10:00:00Z' })
  const contact = { id: anna, name: 'Анна Соколова', company: null }
  const caller = { ...initiated().caller, name: null }
  await insertCall(rig.db, {
    ...{
      id: talk,
      pbx_unique_id: talk,
      caller_number: number,
      contact_id: anna,
      operator_id: operator.userId
    },
    ...{ contact_name: contact.name, ended_at: null, outcome: null, started_at: new Date() }
  })
  tape = tapeOf(talk, Date.now() - 65_000)
  rig.pbx.say(tape('call.initiated', initiated({ caller, contact })))
  rig.pbx.say(tape('leg.started', rung('op1', who), 'inScheme'))
  const answered = { leg: 'op1', waitSeconds: 3, recordingId: null }
  rig.pbx.say(tape('call.answered', { ...answered, operator: { id: who.userId, name: who.name } }, 'talking'))
  const queueId = String(group.body['id'])
  for (const [index, name] of ['Глеб', 'Дарья'].entries()) {
    const row = tapeOf(callId(), Date.now() - 50_000 + index * 20_000)
    rig.pbx.say(row('call.initiated', initiated({ caller: { ...caller, name } })))
    rig.pbx.say(row('call.queued', { queueId, priority: 0 }))
  }
  rig.pbx.operatorStates = [stateOf(rig, { presence: 'busy', callId: talk })]
  await supervisor.send('PATCH', `/api/calls/${talk}`, { tags: ['кухня'] })
}

const stateOf = (rig: Rig, change: Partial<OperatorState>): OperatorState => ({
  ...{ userId: rig.as.operator.userId, name: 'The operator', presence: 'available', chosen: 'available' },
  ...{ reason: null, until: null, wrapUpCallId: null, owesCode: null, isReachable: true, devices: [] },
  ...{ since: new Date().toISOString(), callId: null },
  ...change
})

describe('Beside the talk and after it', function () {
  this.timeout(60_000)
  const pages = rigPagesForTests('beside-talk', 'operator', {
    fill,
    look: { viewport: { width: 1280, height: 720 } },
    // A number of somebody else, a number that is none, and a network that is cut on purpose.
    isExpected: (fault) => /409|422|ERR_EMPTY_RESPONSE/.test(fault)
  })
  let page: Page
  before(async () => {
    page = pages().page
    await page.getByTestId('client-card').waitFor()
  })
  const within = { timeoutMs: waitMs }
  const contact = async (): Promise<Record<string, unknown>> =>
    (await pages().rig.as.operator.get(`/api/contacts/${anna}`)).body
  const call = async (): Promise<Record<string, unknown>> =>
    (await pages().rig.as.supervisor.get(`/api/calls/${talk}`)).body
  const status = (wanted: string) =>
    page.locator(`[data-testid=note-status][data-status=${wanted}]`).waitFor()
  const toast = (words: RegExp) => page.getByTestId('toast').filter({ hasText: words })

  it('shows who it is, what there was before, and who else waits', async () => {
    expect(await page.getByTestId('client-name').inputValue()).to.equal('Анна Соколова')
    await page.getByTestId('related-deal').getByText('Кухня').waitFor()
    await page.getByTestId('related-task').getByText('Выслать эскиз').waitFor()
    await until(async () => (await page.getByTestId('related-call').count()) === 2, within)
    await page.getByTestId('waiting-strip').getByText('2 клиента ждут').waitFor()
    expect(await page.getByTestId('waiting-strip').innerText()).to.include('Глеб · Яндекс.Директ')
    await shot(page, 'beside-talk-ru-light')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('saves a field when it is left, and takes it back', async () => {
    await page.getByTestId('client-company').fill('Дом и сад')
    await page.keyboard.press('Enter')
    await until(async () => (await contact())['company'] === 'Дом и сад', within)
    await toast(/Компания сохранена/)
      .getByTestId('toast-action')
      .click()
    await until(async () => (await contact())['company'] === null, within)
    await page.getByTestId('client-company').and(page.locator('[value=""]')).waitFor()
    expect(await page.getByTestId('client-company-fresh').count(), 'no news to whoever did it').to.equal(0)
  })

  it('says in words why a number is not taken', async () => {
    const add = page.getByTestId('client-phone-add')
    for (const [typed, words] of [
      ['12', /от 5 до 15 цифр/],
      ['8 916 555-00-00', /уже у клиента «Борис»/]
    ] as const) {
      await add.fill(typed)
      await add.press('Enter')
      await page.getByText(words).waitFor()
    }
    await shot(page, 'client-phone-taken-ru-light')
    await add.fill('8 495 123-45-67')
    await add.press('Enter')
    await page.locator('[data-testid=client-phone][data-number="+74951234567"]').waitFor()
    expect((await contact())['phones']).to.deep.equal(['+74951234567', number])
    expect(await add.inputValue()).to.equal('')
  })

  it('shows what a colleague changes, and loses nothing that is being typed', async () => {
    const { supervisor } = pages().rig.as
    const note = page.getByTestId('client-note')
    await note.fill('Любит дуб')
    await supervisor.send('PATCH', `/api/contacts/${anna}`, { name: 'Анна Петровна', note: 'Просит скидку' })
    await page.getByTestId('client-name-fresh').waitFor()
    await page.getByTestId('caller').getByText('Анна Петровна').waitFor()
    await page.getByTestId('client-note-meanwhile').getByText('Просит скидку').waitFor()
    expect(await note.inputValue()).to.equal('Любит дуб')
    await shot(page, 'client-meanwhile-ru-light')
    await page.getByTestId('client-company').focus()
    await until(async () => (await contact())['note'] === 'Любит дуб', within)
  })

  it('saves the note as it is typed, without a connection later, and over a reload', async () => {
    const note = page.getByTestId('note')
    await page.getByTestId('caller').click()
    await page.keyboard.press('KeyN')
    await page.keyboard.type('Нужна кухня')
    await status('saved')
    expect(await call()).to.include({ note: 'Нужна кухня' })
    const mend = cutChanges(pages().rig.server)
    await note.pressSequentially(', белая')
    await status('failed')
    await shot(page, 'note-not-saved-ru-light')
    await page.reload()
    await status('failed')
    expect(await note.inputValue()).to.equal('Нужна кухня, белая')
    mend()
    await page.getByTestId('note-retry').click()
    await status('saved')
    expect(await call()).to.include({ note: 'Нужна кухня, белая' })
  })

  it('tells two people who write at once of one another, and keeps both', async () => {
    const { supervisor } = pages().rig.as
    const note = page.getByTestId('note')
    await page.route('**/api/calls/*', async (route) => {
      if (route.request().method() === 'PATCH')
        await supervisor.send('PATCH', `/api/calls/${talk}`, { note: 'Перезвонить в среду' })
      await page.unroute('**/api/calls/*')
      await route.continue()
    })
    await note.press('End')
    await note.pressSequentially(', 3 метра')
    await page.getByTestId('note-other').getByText('Перезвонить в среду').waitFor()
    await shot(page, 'note-two-people-ru-light')
    expect(await call()).to.include({ note: 'Нужна кухня, белая, 3 метра' })
    await page.getByTestId('note-join').click()
    await status('saved')
    await until(
      async () => (await call())['note'] === 'Нужна кухня, белая, 3 метра\nПерезвонить в среду',
      within
    )
  })

  it('puts tags on by keyboard, from those that others use', async () => {
    const tags = page.getByTestId('tags')
    await tags.pressSequentially('зам')
    await page.getByRole('option', { name: 'замер' }).waitFor()
    await tags.press('ArrowDown')
    await tags.press('Enter')
    await until(async () => JSON.stringify((await call())['tags']) === '["кухня","замер"]', within)
    // The word that was taken is offered no more, and is not named to screen readers either.
    const isNamed = 'document.activeElement.getAttribute("aria-activedescendant")'
    expect(
      await page.evaluate(`${isNamed} === null || document.getElementById(${isNamed}) !== null`)
    ).to.equal(true)
    await tags.press('Backspace')
    await until(async () => JSON.stringify((await call())['tags']) === '["кухня"]', within)
  })

  it('offers a call back, a task, a deal and the next client after the talk', async () => {
    const { rig } = pages()
    const { operator } = rig.as
    await rig
      .db('calls')
      .where({ id: talk })
      .update({ ended_at: new Date(), outcome: 'answered', talk_seconds: 70 })
    const ended = {
      reason: 'completed',
      hangupBy: 'client',
      cause: 16,
      waitSeconds: 3,
      talkSeconds: 70
    } as const
    rig.pbx.say(
      tape('call.ended', { ...ended, outcome: 'answered', heldSeconds: 0, totalSeconds: 73 }, 'ended')
    )
    const until20 = new Date(Date.now() + 120_000).toISOString()
    const wrapUp = { presence: 'wrapUp', chosen: 'wrapUp', until: until20, wrapUpCallId: talk } as const
    rig.pbx.operatorStates = [stateOf(rig, wrapUp)]
    rig.pbx.feed.operator(stateOf(rig, wrapUp))
    await page.getByTestId('next-step').waitFor()
    await page.getByTestId('next-call').getByText('Виктор').waitFor()
    expect(await pages().barriers()).to.deep.equal([])
    await shot(page, 'after-talk-ru-light')

    await page.getByTestId('callback-tomorrow').click()
    await toast(/Перезвоним/).waitFor()
    const [made] = await rig.db('callbacks').select<Record<string, unknown>[]>('*')
    expect(made).to.include({
      phone: number,
      user_id: operator.userId,
      parent_call_id: talk,
      state: 'waiting'
    })
    await toast(/Перезвоним/)
      .getByTestId('toast-action')
      .click()
    await until(async () => (await rig.db('callbacks').where({ state: 'cancelled' })).length === 1, within)

    await page.getByTestId('next-task').click()
    await page.keyboard.type('Прислать цены')
    await page.getByTestId('task-hour').click()
    await page.getByTestId('related-task').getByText('Прислать цены').waitFor()

    await page.getByTestId('call-deal-create').click()
    await page.keyboard.type('50000')
    await page.keyboard.press('Enter')
    await page.getByTestId('call-deal-line').waitFor()
    await shot(page, 'after-talk-done-ru-light')
  })

  it('makes a client of somebody unknown with the first field that is filled in', async () => {
    const { rig } = pages()
    const { operator } = rig.as
    const [id, phone] = [callId(), '+79168889900']
    await insertCall(rig.db, {
      ...{ id, pbx_unique_id: id, caller_number: phone, operator_id: operator.userId },
      ...{ ended_at: null, outcome: null, started_at: new Date() }
    })
    const row = tapeOf(id, Date.now() - 9000)
    const caller = { ...initiated().caller, number: phone, name: null }
    rig.pbx.say(row('call.initiated', initiated({ caller })))
    const who = { userId: operator.userId, name: 'The operator' }
    rig.pbx.say(row('leg.started', rung('op1', who), 'inScheme'))
    const answered = { leg: 'op1', waitSeconds: 3, recordingId: null }
    rig.pbx.say(
      row('call.answered', { ...answered, operator: { id: who.userId, name: who.name } }, 'talking')
    )
    await page.getByTestId('client-new').waitFor()
    expect(await page.getByTestId('client-phone').getAttribute('data-number')).to.equal(phone)
    await shot(page, 'client-new-ru-light')
    // The line makes a contact by itself at the same moment.
    await rig.as.admin.send('POST', '/api/contacts', { name: phone, phones: [phone] })
    await page.getByTestId('client-name').fill('Елена')
    await page.keyboard.press('Enter')
    await page.getByTestId('caller').getByText('Елена').waitFor()
    const found = await rig.as.operator.get(`/api/contacts?phone=${encodeURIComponent(phone)}`)
    expect(found.body['items']).to.have.length(1)
    expect((found.body['items'] as unknown[])[0]).to.include({ name: 'Елена' })
    rig.pbx.say(
      row(
        'call.ended',
        {
          ...{ outcome: 'answered', reason: 'completed', hangupBy: 'client', cause: 16, waitSeconds: 3 },
          ...{ talkSeconds: 6, heldSeconds: 0, totalSeconds: 9 }
        },
        'ended'
      )
    )
  })

  for (const [name, look] of [
    ['en-dark', { locale: 'en-US', colorScheme: 'dark', viewport: { width: 1280, height: 720 } }],
    ['en-narrow', { locale: 'en-US', viewport: { width: 390, height: 844 } }]
  ] as const) {
    it(`reads well: ${name}`, async () => {
      const other = await pages().open(look, 'operator')
      await other.page.getByTestId('next-step').waitFor()
      await other.page.getByTestId('client-card').waitFor()
      expect(await pages().barriers(other.page)).to.deep.equal([])
      const width = await other.page.evaluate('document.documentElement.scrollWidth')
      expect(width, 'nothing sticks out').to.be.at.most(look.viewport.width)
      if (process.env['SHOTS'])
        await other.page.screenshot({
          path: `${process.env['SHOTS']}/after-talk-${name}.png`,
          fullPage: true
        })
      await other.context.close()
    })
  }
})
