import { expect } from 'chai'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SetupError } from '../../host/setup-error.ts'
import { architecture, isSafeVersion, parseVersion, unpackedHome } from '../../pbx/provision/home.ts'
import { withFolder } from './support/machine.ts'
import { fakeRoot } from './support/fake-packages.ts'

describe('an Asterisk home', () => {
  it('is refused below 22.10.1 and, within 20, below 20.20.1', () => {
    const safe = ['20.20.1', '20.21.0', '22.10.1', '22.11.0', '23.0.0']
    const unsafe = ['16.28.0', '18.26.4', '20.20.0', '20.9.3', '21.12.2', '22.10.0', '22.9.9']
    expect(safe.filter((version) => !isSafeVersion(version))).to.deep.equal([])
    expect(unsafe.filter(isSafeVersion)).to.deep.equal([])
  })

  it('tells its version in any of the forms that Asterisk prints', () => {
    expect(parseVersion('Asterisk 22.10.1+dfsg+~cs6.17.60671434-1\n')).to.equal('22.10.1')
    expect(parseVersion('Asterisk certified/20.7-cert5')).to.equal('20.7')
    expect(parseVersion('command not found')).to.equal(undefined)
  })

  it('names the hole and the way out when the named root is too old', async () => {
    await withFolder(async (folder) => {
      await fakeRoot(folder, '22.9.0')
      const error = await unpackedHome(folder).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(SetupError)
      expect(String(error)).to.include('22.9.0').and.to.include('CVE-2026-57191').and.to.include('22.10.1')
    })
  })

  it('says what ASTERISK_HOME must be when the folder is something else', async () => {
    await withFolder(async (folder) => {
      const error = await unpackedHome(folder).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(SetupError)
      expect(String(error)).to.include('ASTERISK_HOME')
    })
  })

  it("runs each program by the root's own loader and libraries", async () => {
    await withFolder(async (folder) => {
      await fakeRoot(folder, '22.10.1')
      const home = await unpackedHome(folder)
      const { file, args } = home.command('sox', ['-V1', 'a.wav'])
      expect(file).to.equal(join(folder, 'usr/lib', architecture().triplet, architecture().loader))
      expect(args.slice(0, 2)).to.deep.equal([
        '--library-path',
        `${dirname(file)}:${join(dirname(file), 'pulseaudio')}`
      ])
      expect(args.slice(2)).to.deep.equal(['--argv0', 'sox', join(folder, 'usr/bin/sox'), '-V1', 'a.wav'])
    })
  })

  it('knows no way to unpack for a processor Debian was not tried on', () => {
    expect(() => architecture('mips')).to.throw(SetupError, 'PATH')
    expect(architecture('arm64').triplet).to.equal('aarch64-linux-gnu')
  })

  it('is no home when its files cannot be run', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'usr/lib', architecture().triplet, architecture().loader)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, 'not a program')
      await chmod(file, 0o644)
      const error = await unpackedHome(folder).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(SetupError)
    })
  })
})
