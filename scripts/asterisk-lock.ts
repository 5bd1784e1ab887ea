// Writes pbx/provision/packages.lock.json: what the Debian archive offers now, for each processor. Run it after the
// tests have passed with these packages.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { offeredPackages, openApt, release } from '../pbx/provision/apt.ts'
import { lockFile } from '../pbx/provision/install.ts'
import type { PackageLock } from '../pbx/provision/packages.ts'

const lock: PackageLock = { release, architectures: {} }
for (const architecture of ['amd64', 'arm64']) {
  const folder = await mkdtemp(join(tmpdir(), 'ringtrace-lock-'))
  try {
    const offered = await offeredPackages(await openApt(folder, architecture))
    lock.architectures[architecture] = offered
    console.log(`${architecture}: ${offered.length} packages`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
await writeFile(lockFile(), JSON.stringify(lock, null, 1) + '\n')
