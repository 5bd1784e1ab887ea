import { expect } from 'chai'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import { createFacts } from '../../reports/facts/facts.ts'
import { callId, initiated, insertCall, tapeOf } from '../api/support/calls.ts'
import type { Rig } from '../api/support/rig.ts'
import { until } from '../support/until.ts'
import { shot, waitMs } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

const queueId = '44444444-4444-4444-8444-444444444444'
const waitingCalls: string[] = []

/** A day at the office: calls of today, two callers in a queue, one in the scheme, four operators. */
async function fill(rig: Rig): Promise<void> {
  const at = new Date()
  const base = { started_at: at, ended_at: at, direction: 'in', wait_seconds: 8, inquiry_channel: 'paid' }
  const sources = ['Yandex.Direct', 'Google Ads', 'VK', '2GIS']
  for (let n = 0; n < 24; n += 1) {
    const isAnswered = n % 4 !== 3
    await insertCall(rig.db, {
      ...base,
      source_name: sources[n % 5 === 0 ? 1 : n % 3],
      caller_number: `+7916000${1000 + n}`,
      ...(isAnswered
        ? { outcome: 'answered', answered_at: at, talk_seconds: 60 + n }
        : { outcome: n % 8 === 3 ? 'abandoned' : 'missed' })
    })
  }
  const facts = createFacts({ db: rig.db, log: pino({ level: 'silent' }) })
  await facts.settle()
  await facts.stop()
  await rig.as.admin.send('POST', '/api/groups', { name: 'Продажи', memberIds: [rig.as.operator.userId] })
  await rig.as.admin.send('POST', '/api/groups', { name: 'Сервис', memberIds: [] })
  const since = new Date(Date.now() - 150_000).toISOString()
  const names = ['Анна', 'Борис', 'Вера', 'Глеб']
  rig.pbx.operatorStates = (['available', 'busy', 'wrapUp', 'away'] as const).map((presence, index) => ({
    ...{ userId: index === 0 ? rig.as.operator.userId : callId(), name: names[index] ?? '', presence },
    ...{ chosen: presence === 'busy' ? 'available' : presence, reason: null, until: null, owesCode: null },
    ...{ wrapUpCallId: null, isReachable: true, devices: [], since, callId: null }
  }))
  const startMs = Date.now() - 60_000
  const ids = [callId(), callId()]
  waitingCalls.push(...ids)
  for (const [index, id] of ids.entries()) {
    const row = tapeOf(id, startMs + index * 20_000)
    rig.pbx.say(
      row('call.initiated', initiated({ caller: { ...initiated().caller, name: `Клиент ${index + 1}` } }))
    )
    rig.pbx.say(row('call.queued', { queueId, priority: 0 }))
  }
  rig.pbx.queueStates = [
    {
      ...{ queueId, name: 'Продажи', averageWaitSeconds: 20, longestSince: since },
      waiting: ids.map((id, index) => ({
        ...{ position: index + 1, callId: id, callbackId: null, priority: 0 },
        since: new Date(startMs + index * 20_000).toISOString()
      }))
    }
  ]
}

describe('The supervisor’s wall', function () {
  this.timeout(60_000)
  const pages = rigPagesForTests('wall', 'supervisor', {
    fill,
    // A screen whose link is taken back may ask once more before it hears of it.
    isExpected: (fault) => fault.includes('404') && fault.includes('/api/tv?')
  })
  let page: Page
  before(async () => {
    page = pages().page
    await page.getByTestId('nav-live').click()
  })
  const figure = (id: string, on: Page = page) => on.locator(`[data-testid=today-figure][data-figure=${id}]`)

  it('shows today’s figures beside what happens now, red where a limit is passed', async () => {
    await figure('calls').getByText('24').waitFor()
    await figure('answered').getByText('18').waitFor()
    await figure('missed').getByText('6').first().waitFor()
    await figure('abandoned').getByText('3').first().waitFor()
    expect(await figure('serviceLevel').getAttribute('data-tone')).to.equal('wait')
    const queue = page.locator(`[data-testid=live-figure][data-figure="${queueId}"]`)
    expect(await queue.getAttribute('data-tone')).to.equal('bad')
    await page.locator('[data-testid=wall-source][data-source="Google Ads"]').waitFor()
    await shot(page, 'wall-ru-light')
  })

  it('turns red at other limits once a lead has set them', async () => {
    await page.getByTestId('open-wall').click()
    await page.getByTestId('limit-levelRed').fill('80')
    await shot(page, 'wall-limits-ru-light')
    await page.getByTestId('save-wall').click()
    await page.locator('[data-testid=today-figure][data-figure=serviceLevel][data-tone=bad]').waitFor()
  })

  it('brings a waiting caller to the front, and moves an operator between groups', async () => {
    const { rig } = pages()
    const [, second = ''] = waitingCalls
    const row = page.locator(`[data-testid=live-row][data-call="${second}"]`)
    await row.getByTestId('to-front').click()
    await until(() => rig.pbx.wishes.some(({ wish }) => wish.type === 'prioritise'), { timeoutMs: waitMs })
    expect(rig.pbx.wishes.at(-1)).to.deep.include({
      callId: second,
      wish: { type: 'prioritise', priority: 1 }
    })
    await page.locator('[data-testid=live-operator][data-name="Анна"]').getByTestId('force-presence').click()
    await page.getByTestId('membership').getByText('Сервис').click()
    await until(
      async () => {
        const [group] = await rig.db('groups').where({ name: 'Сервис' }).select<{ id: string }[]>('id')
        return (await rig.db('group_members').where({ group_id: group?.id ?? '' })).length === 1
      },
      { timeoutMs: waitMs, what: 'she is in the group' }
    )
    await page.keyboard.press('Escape')
  })

  it('hangs on a wall by a link, without signing in, and goes dark when the link is taken back', async () => {
    await page.getByTestId('open-wall').click()
    await page.getByTestId('tv-name').fill('Отдел продаж')
    await page.getByTestId('make-tv').click()
    const link = (await page.getByTestId('tv-link').locator('code').innerText()).replace(
      /^https?:\/\/[^/]+/,
      ''
    )
    const look = { locale: 'en-US', colorScheme: 'dark', viewport: { width: 1920, height: 1080 } } as const
    const tv = await pages().open(look, null)
    await tv.page.goto(link)
    await tv.page.reload()
    await figure('calls', tv.page).getByText('24').waitFor()
    await tv.page.getByTestId('tv-operator').getByText('Анна').waitFor()
    const words = await tv.page.locator('main').innerText()
    expect(words, 'in the language of the link').to.include('СЕГОДНЯ')
    expect(words, 'nothing of a client').to.not.match(/Клиент|\+7|916/)
    await shot(tv.page, 'tv-ru-dark')
    expect(await pages().barriers(tv.page)).to.deep.equal([])
    await page.getByTestId('drop-tv').click()
    await tv.page.getByTestId('tv-gone').waitFor()
    await tv.context.close()
    await page.keyboard.press('Escape')
  })

  it('has no serious barrier', async () => {
    expect(await pages().barriers()).to.deep.equal([])
  })
})
