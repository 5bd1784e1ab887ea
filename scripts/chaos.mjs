// npm run chaos [-- --seed N --minutes M --faults a,b]: breaks things at random moments under calls, and says what was
// lost. With the rights to make a network and a small disk of its own (root) all faults are played, else those that need
// neither.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { build } from './lib/build.mjs'
import { tell } from './lib/problem.mjs'
import { root } from './lib/project.mjs'

/** Room for PostgreSQL, and for recordings above the half gigabyte below which they stop. */
const diskSize = '2500m'

/**
 * Debian's libfaketime, through which one reads a clock that can be set without touching the machine's.
 * @returns {string | null} the file; null where it cannot be had
 */
function fetchFaketime(folder) {
  const options = { cwd: folder, stdio: 'ignore' }
  if (spawnSync('apt-get', ['download', 'libfaketime'], options).status !== 0) return null
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'))
  if (!archive || spawnSync('dpkg-deb', ['-x', archive, 'faketime'], options).status !== 0) return null
  const libraries = join(folder, 'faketime/usr/lib')
  const file = readdirSync(libraries, { recursive: true }).find((name) =>
    name.endsWith('/libfaketimeMT.so.1')
  )
  return file ? join(libraries, file) : null
}

/** Runs the chosen rounds; the account is printed. */
async function chaos() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      minutes: { type: 'string', default: '10' },
      faults: { type: 'string', default: '' }
    }
  })
  await build((text) => console.log(text))
  const folder = mkdtempSync(join(tmpdir(), 'rt-chaos-'))
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const names = join(folder, 'resolv.conf')
  writeFileSync(names, 'nameserver 127.0.0.1\noptions timeout:5 attempts:2\n')
  chmodSync(folder, 0o755)
  const faketime = fetchFaketime(folder)
  if (!faketime) console.log('Debian\u2019s libfaketime cannot be had here: the clock is left alone')
  // A network and mounts of their own go away with the last process in them.
  const isOwn = spawnSync('unshare', ['-nm', 'ip', 'rule', 'show'], { stdio: 'ignore' }).status === 0
  if (!isOwn) console.log('No right to a network of our own: faults of network, disk and names are left out')
  const mocha = [process.execPath, ...['node_modules/mocha/bin/mocha.js', 'test/chaos/long.ts', '--exit']]
  const prepare = [
    `mount -t tmpfs -o size=${diskSize} chaos ${disk}`,
    `chmod 755 ${disk}`,
    ...(existsSync('/etc/resolv.conf') ? [`mount --bind ${names} /etc/resolv.conf`] : []),
    'exec "$@"'
  ].join(' && ')
  const [file, ...args] = isOwn ? ['unshare', '-nm', 'sh', '-c', prepare, 'sh', ...mocha] : mocha
  const child = spawn(file, args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_BUILT: '1',
      CHAOS_SEED: values.seed,
      CHAOS_MINUTES: values.minutes,
      CHAOS_FAULTS: values.faults,
      ...(faketime && { CHAOS_FAKETIME: faketime }),
      ...(isOwn && { CHAOS_DISK: disk, CHAOS_LOGS: folder, TMPDIR: disk })
    }
  })
  const code = await new Promise((resolve) => child.once('error', resolve).once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
  console.log(`seed ${values.seed}`)
  process.exitCode = code === 0 ? 0 : 1
}

try {
  await chaos()
} catch (error) {
  process.exitCode = tell(error)
}
