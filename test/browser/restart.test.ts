import { expect } from 'chai'
import { loudness } from '../ari/tone.ts'
import { until } from '../support/until.ts'
import { hears, shot, signIn, waitMs } from './browser.ts'
import {
  answer,
  clientHz,
  isLoud,
  microphoneHz,
  number,
  officeForTests,
  password,
  ready,
  rings,
  takesCalls,
  talks,
  vanished
} from './office.ts'

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
    await signIn(page, 'vera', password)
    await ready(page)
    await takesCalls(page)
    const caller = await office().client('+79161112277')
    const calling = caller.call(number.vera)
    await rings(page)
    await answer(page)
    await talks(page)
    expect(await calling).to.equal(200)
    await until(async () => isLoud(await hears(page, [clientHz])), { what: 'she hears him' })

    await instance.kill()
    isDown = true
    await page.getByTestId('reconnecting').waitFor({ timeout: waitMs })
    await shot(page, 'reconnecting-ru-light')
    await until(async () => isLoud(await hears(page, [clientHz])), { what: 'she still hears him' })
    const heardBefore = caller.audio().length
    await until(() => caller.audio().length > heardBefore + 8000, { what: 'another second comes to him' })
    await until(() => loudness(caller.audio().slice(-4000), microphoneHz) > 0.1, { what: 'he hears her' })

    await instance.start()
    isDown = false
    await ready(page)
    await page.getByTestId('reconnecting').waitFor({ state: 'detached', timeout: waitMs })
    await talks(page)
    await page.getByTestId('recent-call').waitFor()
    await until(async () => isLoud(await hears(page, [clientHz])), { what: 'she hears him after all' })
    await page.getByTestId('hangup').click()
    await vanished(page)
    // Else he would sit through the rating, which nearly takes as long as the journal is waited for.
    caller.hangup()
    const call = await company.ended(number.vera)
    expect(call).to.include({ outcome: 'answered', hangupBy: 'operator' })
    expect(call.operator?.name).to.equal(office().vera.name)

    const next = await office().client('+79161112288')
    const callingAgain = next.call(number.vera)
    await rings(page)
    await answer(page)
    await talks(page)
    expect(await callingAgain).to.equal(200)
  })
})
