import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { createSecrets, openSecrets, type Secrets } from '../../db/secrets.ts'

describe('Secrets that must be read again', () => {
  const secrets = createSecrets(randomBytes(32))
  const text = 'пароль: secret word'

  it('open for what they were sealed for, and look different each time', () => {
    const [one, two] = [secrets.seal(text, 'mail'), secrets.seal(text, 'mail')]
    expect(one).not.to.equal(two)
    expect(one).not.to.contain('secret')
    expect([secrets.open(one, 'mail'), secrets.open(two, 'mail')]).to.deep.equal([text, text])
  })

  it('open for nothing else, with no other key, and not when a single bit was changed', () => {
    const sealed = secrets.seal(text, 'mail')
    expect(secrets.open(sealed, 'trunk'), 'purpose').to.equal(null)
    expect(createSecrets(randomBytes(32)).open(sealed, 'mail'), 'key').to.equal(null)
    const [version = '', body = ''] = sealed.split('.')
    const bytes = Buffer.from(body, 'base64url')
    for (const at of [0, 12, 28, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(secrets.open(`${version}.${changed.toString('base64url')}`, 'mail'), `byte ${at}`).to.equal(null)
    }
    for (const nonsense of ['', 'v1.', 'v2.' + body, text])
      expect(secrets.open(nonsense, 'mail'), nonsense).to.equal(null)
  })

  it('are sealed with the newest key, and open with those before it', () => {
    const [old, key] = [randomBytes(32), randomBytes(32)]
    const before = createSecrets(old).seal(text, 'mail')
    const both = createSecrets(key, old)
    expect(both.open(before, 'mail')).to.equal(text)
    const now = both.seal(text, 'mail')
    expect(createSecrets(key).open(now, 'mail')).to.equal(text)
    expect(createSecrets(old).open(now, 'mail')).to.equal(null)
    expect(createSecrets(key).open(before, 'mail')).to.equal(null)
  })

  it('have keys for each purpose, always the same, which tell nothing of one another', () => {
    const [old, key] = [randomBytes(32), randomBytes(32)]
    const [first, second] = createSecrets(key, old).keys('recordings')
    expect(first.equals(createSecrets(key).keys('recordings')[0])).to.equal(true)
    expect(second?.equals(createSecrets(old).keys('recordings')[0])).to.equal(true)
    expect([first.length, first.equals(key)]).to.deep.equal([32, false])
    expect(first.equals(createSecrets(key).keys('another')[0])).to.equal(false)
  })

  describe('with a key in the data folder', () => {
    let dir: string
    beforeEach(async () => {
      dir = await mkdtemp(path.join(os.tmpdir(), 'rt-secrets-'))
    })
    afterEach(() => rm(dir, { recursive: true, force: true }))

    it('open after a restart; the key is made once, also by two at once, for its owner only', async () => {
      const [first, second] = await Promise.all([openSecrets(dir, undefined), openSecrets(dir, undefined)])
      const sealed = first.seal(text, 'mail')
      expect(second.open(sealed, 'mail')).to.equal(text)
      expect((await openSecrets(dir, undefined)).open(sealed, 'mail')).to.equal(text)
      expect((await stat(path.join(dir, 'secret.key'))).mode & 0o777).to.equal(0o600)
    })

    it('have one key however many of one process make it, and nothing is left beside it', async () => {
      for (const round of ['1', '2', '3', '4', '5', '6']) {
        const folder = path.join(dir, round)
        await mkdir(folder)
        const opening: Promise<Secrets>[] = []
        // Each a little after the one before: so that some are done while others are at every step of it.
        for (let count = 0; count < 40; count += 1) {
          opening.push(openSecrets(folder, undefined))
          await new Promise((resolve) => setImmediate(resolve))
        }
        const all = await Promise.all(opening)
        for (const one of all) expect(all[0]?.open(one.seal(text, 'mail'), 'mail')).to.equal(text)
        expect(await readdir(folder)).to.deep.equal(['secret.key'])
      }
    })

    it('use a key that was given, and leave no file', async () => {
      const key = randomBytes(32).toString('hex')
      const sealed = (await openSecrets(dir, key)).seal(text, 'mail')
      expect((await openSecrets(dir, key)).open(sealed, 'mail')).to.equal(text)
      expect(await readFile(path.join(dir, 'secret.key')).catch(() => null)).to.equal(null)
    })

    it('use several keys, of the environment with commas, of the file a line each', async () => {
      const [old, key] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
      const sealed = (await openSecrets(dir, old)).seal(text, 'mail')
      expect((await openSecrets(dir, `${key},${old}`)).open(sealed, 'mail')).to.equal(text)
      await writeFile(path.join(dir, 'secret.key'), `${key}\n${old}\n`)
      const secrets = await openSecrets(dir, undefined)
      expect(secrets.open(sealed, 'mail')).to.equal(text)
      expect((await openSecrets(dir, key)).open(secrets.seal(text, 'mail'), 'mail')).to.equal(text)
    })

    it('refuse a file that is no key, instead of making another one', async () => {
      await writeFile(path.join(dir, 'secret.key'), 'abc')
      const failed: unknown = await openSecrets(dir, undefined).catch((error: unknown) => error)
      expect(failed).to.be.instanceOf(Error)
      expect(String(failed)).to.contain('64 hexadecimal digits')
    })
  })
})
