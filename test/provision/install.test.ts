import { expect } from 'chai'
import { access, mkdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from '../../host/setup-error.ts'
import { ensureAsterisk, lockFile } from '../../pbx/provision/install.ts'
import type { AsteriskHome } from '../../pbx/provision/home.ts'
import { compareWithLock, readLock } from '../../pbx/provision/packages.ts'
import { fakeRoot, keepFakePackages } from './support/fake-packages.ts'
import { log, withFolder } from './support/machine.ts'

/** Fetching is tried by every first start; here the packages are kept already, and tiny. */
async function ensure(runtimeDir: string, said: string[] = []): Promise<AsteriskHome> {
  return ensureAsterisk({ runtimeDir, ignoreInstalled: true, log, progress: (text) => said.push(text) })
}

describe('bringing Asterisk', () => {
  it('unpacks the kept packages without the network, and mends the links to the voices', async () => {
    await withFolder(async (folder) => {
      await keepFakePackages(folder, '22.10.1')
      const home = await ensure(folder)
      expect(home.version).to.equal('22.10.1')
      expect(await readlink(join(home.dataDir, 'sounds/en'))).to.equal('en_US_f_Allison')
      expect(await readlink(join(home.dataDir, 'sounds/ru'))).to.equal('ru_RU_f_IvrvoiceRU')
    })
  })

  it('does nothing on the second start', async () => {
    await withFolder(async (folder) => {
      await keepFakePackages(folder, '22.10.1')
      await ensure(folder)
      const said: string[] = []
      await ensure(folder, said)
      expect(said).to.deep.equal([])
    })
  })

  it('repairs a root that a killed run left half made', async () => {
    await withFolder(async (folder) => {
      await keepFakePackages(folder, '22.10.1')
      const partial = join(folder, 'asterisk/root.partial')
      await mkdir(partial, { recursive: true })
      await writeFile(join(partial, 'left-over'), '')
      await fakeRoot(join(folder, 'asterisk/root'), '22.10.1')
      const home = await ensure(folder)
      await access(join(home.dataDir, 'sounds/en'))
      const leftOver = await access(join(home.root, 'left-over')).then(
        () => true,
        () => false
      )
      expect(leftOver).to.equal(false)
    })
  })

  it('takes over the lock of a process that was killed', async () => {
    await withFolder(async (folder) => {
      await keepFakePackages(folder, '22.10.1')
      await mkdir(join(folder, 'asterisk'))
      await writeFile(join(folder, 'asterisk/lock'), '2147480000')
      expect((await ensure(folder)).version).to.equal('22.10.1')
    })
  })

  it('unpacks once when several start at the same time', async () => {
    await withFolder(async (folder) => {
      await keepFakePackages(folder, '22.10.1')
      const said: string[] = []
      const homes = await Promise.all([ensure(folder, said), ensure(folder, said), ensure(folder, said)])
      expect(new Set(homes.map(({ root }) => root)).size).to.equal(1)
      expect(said.filter((text) => text === 'Unpacking Asterisk 22.10.1')).to.have.length(1)
    })
  })

  it('refuses packages of an Asterisk that anyone can stop, and leaves no root behind', async () => {
    await withFolder(async (folder) => {
      await keepFakePackages(folder, '22.10.0')
      const error = await ensure(folder).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(SetupError)
      expect(String(error)).to.include('CVE-2026-57191')
      const made = await access(join(folder, 'asterisk/root')).then(
        () => true,
        () => false
      )
      expect(made).to.equal(false)
    })
  })

  it('mistrusts a package of a tried name with other bytes, and notices newer ones', () => {
    const locked = [{ file: 'a_1_all.deb', sha256: 'aa' }]
    expect(() => compareWithLock([{ file: 'a_1_all.deb', sha256: 'bb' }], locked)).to.throw(
      SetupError,
      'a_1_all.deb'
    )
    expect(compareWithLock([{ file: 'a_2_all.deb', sha256: 'cc' }], locked)).to.deep.equal(['a_2_all.deb'])
  })

  it('has a list of tried packages for both processors, without any host in it', async () => {
    const lock = await readLock(lockFile())
    expect(Object.keys(lock?.architectures ?? {})).to.deep.equal(['amd64', 'arm64'])
    for (const files of Object.values(lock?.architectures ?? {})) {
      expect(files.some(({ file }) => file.startsWith('asterisk_'))).to.equal(true)
      expect(files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).to.equal(true)
    }
    expect(await readFile(lockFile(), 'utf8')).not.to.match(/https?:/)
  })
})
