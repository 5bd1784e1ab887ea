import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { withLock } from '../../host/lock.ts'
import { projectRoot } from '../../host/project-root.ts'
import { run } from '../../host/process.ts'
import { SetupError } from '../../host/setup-error.ts'
import { aptFailure, debFiles, extractPackage, openApt } from '../../pbx/provision/apt.ts'
import { architecture } from '../../pbx/provision/home.ts'
import { until } from './until.ts'

const stampName = 'ready'
/** What its packages ask for, and a server that is run by hand never starts. */
const needless =
  /^(adduser|debconf|dovecot-sieve|openssl|openssl-provider|perl-base|procps|systemd|ucf|sensible-utils|ssl-cert|libc-gconv|libtext)/

/**
 * Debian's IMAP server, unpacked into the runtime folder as Asterisk is: needs no root, and installs nothing.
 * @returns its root
 * @throws SetupError saying what to do
 */
export async function ensureDovecot(say: (text: string) => void = () => undefined): Promise<string> {
  const base = path.join(projectRoot(), '.runtime')
  const root = path.join(base, 'dovecot/root')
  const isReady = (): Promise<boolean> =>
    fs.access(path.join(root, stampName)).then(
      () => true,
      () => false
    )
  if (await isReady()) return root
  await withLock(path.join(base, 'dovecot/lock'), async () => {
    if (!(await isReady())) await makeRoot(root, path.join(base, 'cache/dovecot'), say)
  })
  return root
}

async function makeRoot(root: string, cache: string, say: (text: string) => void): Promise<void> {
  say('A mail server for the tests: fetching Dovecot')
  const apt = await openApt(path.join(cache, 'apt'), architecture().debian)
  const fetched = await run('env', [
    ...['LC_ALL=C', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...apt.options],
    ...['--yes', '--download-only', 'install', 'dovecot-imapd']
  ])
  if (fetched.code !== 0) throw aptFailure('The IMAP server for tests could not be fetched', fetched)
  say('A mail server for the tests: unpacking')
  const partial = `${root}.partial`
  await fs.rm(partial, { recursive: true, force: true })
  await fs.rm(root, { recursive: true, force: true })
  const archives = path.join(cache, 'apt/archives')
  for (const file of await debFiles(archives))
    if (!needless.test(file)) await extractPackage(path.join(archives, file), partial)
  await makeMovable(path.join(partial, 'usr/lib/dovecot'))
  await fs.rm(cache, { recursive: true, force: true })
  await fs.writeFile(path.join(partial, stampName), '')
  await fs.rename(partial, root)
}

/** Two places are written into its programs: they become relative ones, of the folder in which it runs. */
async function makeMovable(folder: string): Promise<void> {
  const places = [
    ['/usr/bin/doveconf\0', './doveconf'],
    ['/usr/lib/dovecot/modules\0', './modules']
  ] as const
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(folder, entry.name)
    const bytes = await fs.readFile(file)
    let isChanged = false
    for (const [old, wanted] of places)
      for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) {
        bytes.write(wanted.padEnd(old.length, '\0'), at, 'latin1')
        isChanged = true
      }
    if (isChanged) await fs.writeFile(file, bytes)
  }
}

export interface Dovecot {
  port: number
  /** A letter comes in. */
  deliver(user: string, raw: string | Buffer): Promise<void>
  /** The letters of a folder, oldest first. */
  letters(user: string, folder?: 'INBOX' | 'Sent'): Promise<string[]>
  /** The server numbers its letters anew, as one does that was rebuilt. */
  renumber(user: string): Promise<void>
  /** Ends it as a power cut would, and its connections with it. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Runs it with these users and passwords, on a free port of this machine. */
export async function startDovecot(users: Readonly<Record<string, string>>): Promise<Dovecot> {
  const root = await ensureDovecot()
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rt-mail-'))
  const isRoot = process.getuid?.() === 0
  // It serves no mail as root.
  const owner = isRoot ? { name: 'nobody', group: 'nogroup' } : await me()
  await fs.chmod(dir, 0o755)
  const home = await reachable(root, dir, isRoot)
  const port = await freePort()
  await writeFiles(dir, home, port, users, owner)
  let child: ReturnType<typeof spawn> | null = null
  let count = 0

  async function start(): Promise<void> {
    const own = path.join(dir, 'run')
    const started = spawn(path.join(dir, 'libexec/dovecot'), ['-F', '-c', path.join(dir, 'dovecot.conf')], {
      cwd: own,
      stdio: 'ignore'
    })
    child = started
    await until(
      async () => {
        if (started.exitCode !== null)
          throw new SetupError(
            `Dovecot has ended: ${await logOf(dir)}`,
            'Remove .runtime/dovecot and try again.'
          )
        return greets(port)
      },
      { what: 'Dovecot greets', everyMs: 50 }
    )
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    child = null
  }

  await start()
  const inbox = (user: string): string => path.join(dir, 'mail', user)
  return {
    port,
    start,
    kill,
    async deliver(user, raw) {
      const name = `${Math.floor(Date.now() / 1000)}.M${String((count += 1)).padStart(6, '0')}P${process.pid}.test`
      const tmp = path.join(inbox(user), 'tmp', name)
      await fs.writeFile(tmp, raw, { mode: 0o666 })
      await fs.chmod(tmp, 0o666)
      await fs.rename(tmp, path.join(inbox(user), 'new', name))
    },
    async letters(user, folder = 'INBOX') {
      const at = folder === 'INBOX' ? inbox(user) : path.join(inbox(user), `.${folder}`)
      const found: string[] = []
      for (const part of ['new', 'cur'])
        for (const name of (await fs.readdir(path.join(at, part)).catch(() => [])).sort())
          found.push(await fs.readFile(path.join(at, part, name), 'utf8'))
      return found
    },
    async renumber(user) {
      await kill()
      const list = path.join(inbox(user), 'dovecot-uidlist')
      const text = await fs.readFile(list, 'utf8')
      const [first = '', ...rest] = text.split('\n')
      const valid = Number(/ V(\d+)/.exec(first)?.[1] ?? 1)
      await fs.writeFile(list, [first.replace(/ V\d+/, ` V${valid + 1000}`), ...rest].join('\n'))
      for (const name of await fs.readdir(inbox(user)))
        if (name.startsWith('dovecot.index')) await fs.rm(path.join(inbox(user), name))
      await start()
    },
    async stop() {
      await kill()
      await fs.rm(dir, { recursive: true, force: true })
    }
  }
}

/** Whoever serves the mail must be able to read the programs too. */
async function reachable(root: string, dir: string, isRoot: boolean): Promise<string> {
  if (!isRoot) return root
  for (let folder = root; folder !== '/'; folder = path.dirname(folder)) {
    const { mode } = await fs.stat(folder)
    if ((mode & 0o001) === 0) {
      const copy = path.join(dir, 'root')
      await fs.cp(root, copy, { recursive: true, verbatimSymlinks: true })
      return copy
    }
  }
  return root
}

async function writeFiles(
  dir: string,
  root: string,
  port: number,
  users: Readonly<Record<string, string>>,
  owner: { name: string; group: string }
): Promise<void> {
  const { triplet, loader } = architecture()
  const libraries = path.join(root, 'usr/lib', triplet)
  const programs = path.join(root, 'usr/lib/dovecot')
  const libexec = path.join(dir, 'libexec')
  for (const name of ['libexec', 'run', 'state', 'mail']) await fs.mkdir(path.join(dir, name))
  const wrap = async (file: string, program: string): Promise<void> => {
    const words = [
      path.join(libraries, loader),
      '--library-path',
      `${libraries}:${programs}`,
      '--argv0',
      file,
      program
    ]
    await fs.writeFile(file, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`, {
      mode: 0o755
    })
  }
  for (const entry of await fs.readdir(programs, { withFileTypes: true }))
    if (entry.isFile() && !entry.name.includes('.so'))
      await wrap(path.join(libexec, entry.name), path.join(programs, entry.name))
  await wrap(path.join(libexec, 'dovecot'), path.join(root, 'usr/sbin/dovecot'))
  await wrap(path.join(dir, 'run/doveconf'), path.join(root, 'usr/bin/doveconf'))
  await fs.symlink(path.join(programs, 'modules'), path.join(dir, 'run/modules'))
  const passwords = Object.entries(users).map(([user, password]) => `${user}:{PLAIN}${password}:::::\n`)
  await fs.writeFile(path.join(dir, 'passwd'), passwords.join(''))
  await fs.writeFile(path.join(dir, 'dovecot.conf'), configOf(dir, port, owner))
  for (const user of Object.keys(users))
    for (const part of ['', 'new', 'cur', 'tmp'])
      await fs.mkdir(path.join(dir, 'mail', user, part), { recursive: true })
  await run('chmod', ['-R', '0777', path.join(dir, 'mail')])
  if (owner.name === 'nobody') await run('chown', ['-R', 'nobody', path.join(dir, 'mail')])
}

const configOf = (dir: string, port: number, { name, group }: { name: string; group: string }): string => `
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = imap
base_dir = ${dir}/run
state_dir = ${dir}/state
libexec_dir = ${dir}/libexec
log_path = ${dir}/log
listen = 127.0.0.1
ssl = no
auth_allow_cleartext = yes
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${name}
mail_uid = ${name}
mail_gid = ${group}
first_valid_uid = 1
first_valid_gid = 1
mail_driver = maildir
mail_path = ${dir}/mail/%{user}
mailbox_list_index = no
mailbox_idle_check_interval = 1s
namespace inbox {
  inbox = yes
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
}
passdb passwd-file {
  passwd_file_path = ${dir}/passwd
}
userdb static {
  fields {
    uid = ${name}
    gid = ${group}
    home = ${dir}/mail/%{user}
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`

async function me(): Promise<{ name: string; group: string }> {
  const { stdout } = await run('id', ['-gn'])
  return { name: os.userInfo().username, group: stdout.trim() }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.setTimeout(3000, () => socket.destroy())
    socket.once('data', () => {
      resolve(true)
      socket.end('a logout\r\n')
    })
    socket.once('close', () => resolve(false))
    socket.once('error', () => resolve(false))
  })
}

const logOf = async (dir: string): Promise<string> =>
  (await fs.readFile(path.join(dir, 'log'), 'utf8').catch(() => '')).slice(-600)
