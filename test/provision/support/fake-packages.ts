import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../../host/process.ts'
import { architecture } from '../../../pbx/provision/home.ts'
import { hashPackages } from '../../../pbx/provision/packages.ts'

/** A root whose loader is a script that says it is this Asterisk. */
export async function fakeRoot(root: string, version: string): Promise<void> {
  const { triplet, loader } = architecture()
  const libraries = join(root, 'usr/lib', triplet)
  await mkdir(libraries, { recursive: true })
  await writeFile(join(libraries, loader), `#!/bin/sh\necho 'Asterisk ${version}+dfsg-1'\n`, { mode: 0o755 })
}

/** Puts real, tiny Debian packages into `<runtimeDir>/cache`, as a complete earlier download leaves them there. */
export async function keepFakePackages(runtimeDir: string, version: string): Promise<void> {
  const cache = join(runtimeDir, 'cache')
  const debs = join(cache, 'debs')
  await mkdir(debs, { recursive: true })
  await build(debs, 'asterisk_1_all.deb', async (tree) => fakeRoot(tree, version))
  await build(debs, 'sounds_1_all.deb', async (tree) => {
    await mkdir(join(tree, 'usr/share/asterisk/sounds/en_US_f_Allison'), { recursive: true })
    await mkdir(join(tree, 'usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU'), { recursive: true })
  })
  const packages = await hashPackages(debs, ['asterisk_1_all.deb', 'sounds_1_all.deb'])
  await writeFile(join(cache, 'packages.json'), JSON.stringify(packages))
}

async function build(debs: string, file: string, fill: (tree: string) => Promise<void>): Promise<void> {
  const tree = join(debs, `${file}.tree`)
  await mkdir(join(tree, 'DEBIAN'), { recursive: true })
  const name = file.split('_')[0] ?? file
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: Test <test@example.org>\nDescription: test\n`
  await writeFile(join(tree, 'DEBIAN/control'), control)
  await fill(tree)
  const { code, stderr } = await run('dpkg-deb', ['--root-owner-group', '-b', tree, join(debs, file)])
  if (code !== 0) throw new Error(stderr)
  await rm(tree, { recursive: true })
}
