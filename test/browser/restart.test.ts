import { expect } from 'chai'
import { until } from '../support/until.ts'
import { shot, waitMs } from './browser.ts'
import { clientHz, number, officeForTests, ready, talks, vanished } from './office.ts'
import { answers, bothHear, hearsLoud, startsShift } from './talk.ts'

describe('An operator in a browser while the server dies and comes back', function () {
  this.timeout(120_000)
  let isDown = false
  const office = officeForTests('restart', {
    // Asterisk and PostgreSQL live on after a kill: whoever left them alone would keep their ports taken.
    beforeClear: async ({ instance }) => {
      if (isDown) await instance.start()
    },
    areFaultsExpected: true
  })

  it('goes on talking, is told, and hangs up as ever; then the next call rings', async () => {
    const { instance, company } = office()
    const { page } = office().desk
    // As when the server goes just then: what the card fetches by the way never comes, and the talk must not care.
    await page.route(/caller-buttons/, (route) => route.abort())
    await startsShift(page, 'vera')
    const caller = await answers(office(), page, '+79161112277')
    await hearsLoud(page, clientHz, 'she hears him')

    await instance.kill()
    isDown = true
    await page.getByTestId('reconnecting').waitFor({ timeout: waitMs })
    await shot(page, 'reconnecting-ru-light')
    await hearsLoud(page, clientHz, 'she still hears him')
    const heardBefore = caller.audio().length
    await until(() => caller.audio().length > heardBefore + 8000, { what: 'another second comes to him' })
    await bothHear(page, caller, 'without the server')
    // Nor must it care for a page that cannot be fetched.
    await page.getByTestId('nav-journal').click()
    await page.getByTestId('page-away').waitFor({ timeout: waitMs })
    await page.getByTestId('page-retry').click()
    await page.getByTestId('page-away').waitFor({ timeout: waitMs })
    await shot(page, 'page-away-ru-light')
    await bothHear(page, caller, 'while a page is away')

    await instance.start()
    isDown = false
    await ready(page)
    await page.getByTestId('reconnecting').waitFor({ state: 'detached', timeout: waitMs })
    await page.getByTestId('page-retry').click()
    await page.getByTestId('journal-row').first().waitFor({ timeout: waitMs })
    await page.getByTestId('nav-desk').click()
    await talks(page)
    await page.getByTestId('recent-call').waitFor()
    await hearsLoud(page, clientHz, 'she hears him after all')
    await page.getByTestId('hangup').click()
    await vanished(page)
    // Her card goes with her own telephone's word; Asterisk may hear of it later than of his.
    await until(
      async () => {
        const { presence } = await instance.api<{ presence: string }>('GET', `/api/users/${office().vera.id}`)
        return presence !== 'busy'
      },
      { what: 'she is off the call' }
    )
    // Else he would sit through the rating, which nearly takes as long as the journal is waited for.
    caller.hangup()
    const call = await company.ended(number.vera)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'operator' })
    expect(call.operator?.name).to.equal(office().vera.name)

    await answers(office(), page, '+79161112288')
  })
})
