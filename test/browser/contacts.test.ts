import { expect } from 'chai'
import { idOf } from '../api/support/rig.ts'
import { shot, waitMs } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

describe('A supervisor who keeps clients in order', function () {
  this.timeout(120_000)
  let anna = ''
  const pages = rigPagesForTests('contacts', 'supervisor', {
    fill: async ({ as }) => {
      const make = async (body: object): Promise<string> =>
        idOf(await as.supervisor.send('POST', '/api/contacts', body))
      anna = await make({
        name: 'Анна Соколова',
        phones: ['+79160000001'],
        emails: ['a@dom.example'],
        note: 'Дуб'
      })
      await make({
        name: 'Аня',
        phones: ['+79160000002'],
        emails: ['a@dom.example'],
        note: 'Сосна',
        company: 'Дом'
      })
      await make({ name: 'Борис Котов', phones: ['+79160000003'] })
    }
  })

  it('looks one up by part of a number, writes a note, merges the double and takes it back', async () => {
    const { page, rig, barriers } = pages()
    await page.getByTestId('nav-contacts').click()
    await page.getByTestId('contact-search').fill('000-00-01')
    await page
      .getByTestId('contact-row')
      .filter({ hasText: 'Борис' })
      .waitFor({ state: 'hidden', timeout: waitMs })
    await shot(page, 'contacts-list')
    expect(await barriers()).to.deep.equal([])
    await page.getByTestId('contact-row').filter({ hasText: 'Анна' }).click()
    await page.getByTestId('new-note').fill('Ждёт замер в четверг')
    await page.getByTestId('save-note').click()
    await page.getByTestId('event-note').filter({ hasText: 'замер' }).waitFor({ timeout: waitMs })

    await page.getByTestId('look-at-twice').click()
    await page.getByTestId('conflict-name').getByLabel('Анна Соколова').check()
    await page.getByTestId('conflict-note').getByLabel('Оставить обе').check()
    await shot(page, 'contacts-merge')
    expect(await barriers()).to.deep.equal([])
    await page.getByTestId('merge-save').click()
    await page.getByTestId('event-merge').waitFor({ timeout: waitMs })
    const phones = async (): Promise<unknown> =>
      (await rig.as.supervisor.get(`/api/contacts/${anna}`)).body['phones']
    expect(await phones()).to.deep.equal(['+79160000001', '+79160000002'])
    await shot(page, 'contacts-page')
    expect(await barriers()).to.deep.equal([])
    await page.getByTestId('undo-merge').click()
    await page.getByTestId('event-merge').waitFor({ state: 'hidden', timeout: waitMs })
    expect(await phones()).to.deep.equal(['+79160000001'])
  })
})
