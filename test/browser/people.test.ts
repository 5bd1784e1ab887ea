import { expect } from 'chai'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import { codeAt } from '../../api/auth/totp.ts'
import { outsideOf } from '../../api/outside.ts'
import { createBackups, type Backups } from '../../backup/work.ts'
import { migrateJobs } from '../../db/jobs.ts'
import { openTls, type TlsKeeper } from '../../host/tls/keeper.ts'
import { createJobs, type Jobs } from '../../jobs/jobs.ts'
import { createUpkeep } from '../../upkeep/look.ts'
import { until } from '../support/until.ts'
import { shot, waitMs } from './browser.ts'
import { rigPagesForTests } from './rig-pages.ts'

const log = pino({ level: 'silent' })
const secretWord = 'корова летает над полем'

describe('An admin who invites people and keeps the installation', function () {
  this.timeout(60_000)
  let dataDir = ''
  let backups: Backups
  let jobs: Jobs
  let keeper: TlsKeeper
  let databaseUrl = ''
  // First of all: the parts below work in this folder.
  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'ringtrace-people-'))
    await writeFile(path.join(dataDir, 'instance.json'), '{}')
    keeper = await openTls({ dir: path.join(dataDir, 'tls'), files: null, told: [], log })
  })
  const pages = rigPagesForTests('people', 'admin', {
    isExpected: (fault) => fault.includes('409') && fault.includes('/api/auth/links'),
    before(deps, url) {
      databaseUrl = url
      const { db } = deps
      backups = createBackups({
        ...{ db, databaseUrl: url, dataDir, version: '1.2.3', log },
        zone: () => Promise.resolve('UTC'),
        order: (trx, wanted) => jobs.order(trx, wanted)
      })
      jobs = createJobs({ db, dir: path.join(dataDir, 'exports'), kinds: [backups.kind], log })
      const lines = () => [
        {
          at: new Date().toISOString(),
          level: 'warn' as const,
          part: 'webhooks',
          text: 'a receiver is away',
          about: { attempt: 2 }
        }
      ]
      return {
        ...deps,
        jobs,
        backups,
        outside: outsideOf(keeper, { isTls: false, trustProxy: ['loopback'], sipTlsPort: null }),
        upkeep: createUpkeep({ db, dataDir, publicUrl: undefined, asterisk: '22.10.1', lines })
      }
    },
    fill: () => migrateJobs(databaseUrl, log)
  })
  after(async () => {
    keeper.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  let url = ''
  let anna: Page
  let secret = ''

  it('makes an account without a password, and gets a link to hand on', async () => {
    const { page } = pages()
    await page.goto('/settings/users')
    await page.getByRole('button', { name: 'Добавить пользователя' }).click()
    await page.getByTestId('field-name').fill('Анна Ким')
    await page.getByTestId('field-login').fill('anna')
    await page.getByRole('button', { name: 'Сохранить' }).click()
    await page.getByTestId('make-link').click()
    url = (await page.getByTestId('access-link').textContent()) ?? ''
    await shot(page, 'people-link')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('whose reader chooses a password and is in', async () => {
    anna = (await pages().open({ locale: 'ru-RU', viewport: { width: 1280, height: 900 } }, null)).page
    await anna.goto(url)
    await anna.getByTestId('welcome-password').fill(secretWord)
    await shot(anna, 'people-welcome')
    expect(await pages().barriers(anna)).to.deep.equal([])
    await anna.getByTestId('welcome-save').click()
    await anna.getByTestId('user-menu').waitFor()
    const again = (await pages().open({ locale: 'ru-RU' }, null)).page
    await again.goto(url)
    await again.getByTestId('link-ended').waitFor()
    await again.close()
  })

  it('and protects the account by a second factor', async () => {
    await anna.getByTestId('user-menu').click()
    await anna.getByTestId('security').click()
    await anna.getByTestId('factor-switch').click()
    await anna.getByTestId('factor-password').fill(secretWord)
    await anna.getByTestId('factor-next').click()
    secret = (await anna.getByTestId('factor-secret').textContent()) ?? ''
    await shot(anna, 'people-factor')
    expect(await pages().barriers(anna)).to.deep.equal([])
    await anna.getByTestId('factor-code').fill(codeAt(secret, Math.floor(Date.now() / 30_000)))
    await anna.getByTestId('factor-next').click()
    await anna.getByTestId('recovery-codes').waitFor()
    await shot(anna, 'people-codes')
    await anna.getByTestId('codes-kept').click()
  })

  it('which a second browser is asked for, and can be signed out from the first', async () => {
    await pages().rig.db('users').where({ login: 'anna' }).update({ totp_step: null })
    const other = (await pages().open({ locale: 'en-GB', colorScheme: 'dark' }, null)).page
    await other.getByTestId('login-name').fill('anna')
    await other.getByTestId('login-password').fill(secretWord)
    await other.getByTestId('login-submit').click()
    await other.getByTestId('login-code').fill(codeAt(secret, Math.floor(Date.now() / 30_000)))
    await shot(other, 'people-code')
    await other.getByTestId('login-submit').click()
    await other.getByTestId('user-menu').waitFor()
    await anna.reload()
    await anna.getByTestId('user-menu').click()
    await anna.getByTestId('security').click()
    await anna.getByTestId('end-session').first().waitFor()
    await shot(anna, 'people-sessions')
    expect(await pages().barriers(anna)).to.deep.equal([])
    await anna.getByTestId('end-session').first().click()
    await anna.getByTestId('end-session').first().waitFor({ state: 'detached' })
    await other.reload()
    await other.getByTestId('login-form').waitFor()
  })

  it('sees how the installation stands, and makes a backup from the page', async () => {
    const { page, rig } = pages()
    await page.goto('/settings/system')
    await page.locator('[data-testid="check-backup"][data-state="failed"]').waitFor()
    await page.getByTestId('make-backup').click()
    const waiting = () => rig.db('jobs').where({ state: 'waiting' }).pluck<string[]>('id')
    await until(async () => (await waiting()).length === 1, {
      timeoutMs: waitMs,
      what: 'the backup is ordered'
    })
    for (const id of await waiting())
      await jobs.tasks['job']?.({ id }, { id: '1', attempt: 1, isLastAttempt: true })
    await page.getByTestId('backup').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('fetch-backup').click()
    ])
    expect(download.suggestedFilename()).to.match(/^ringtrace-\d{8}-\d{6}\.tar\.gz$/)
    await shot(page, 'people-system')
    expect(await pages().barriers()).to.deep.equal([])
  })

  it('finds all of it in the audit', async () => {
    const { page } = pages()
    await page.goto('/settings/audit')
    for (const action of [
      'backup.download',
      'backup.order',
      'session.revoke',
      'second_factor.on',
      'link.use',
      'user.create'
    ])
      await page.locator(`[data-testid="audit-row"][data-action="${action}"]`).first().waitFor()
    await shot(page, 'people-audit')
    expect(await pages().barriers()).to.deep.equal([])
    const { page: dark } = await pages().open(
      { locale: 'en-GB', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
      'admin'
    )
    for (const section of ['audit', 'system']) {
      await dark.goto(`/settings/${section}`)
      await dark
        .getByTestId(section === 'audit' ? 'audit-row' : 'backup')
        .first()
        .waitFor()
      await shot(dark, `people-${section}-dark`)
      expect(await pages().barriers(dark)).to.deep.equal([])
    }
  })
})
