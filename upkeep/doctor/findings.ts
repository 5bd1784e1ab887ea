/** What was looked at, from a terminal, whether the product runs or not. Null: it could not be found out. */
export interface DoctorFacts {
  nowMs: number
  /** Why the environment cannot be used. */
  settings: string | null
  memoryBytes: number
  /** How many files one process may hold open. */
  openFiles: number | null
  data: { dir: string; isThere: boolean; isWritable: boolean; freeBytes: number | null }
  /** The process that works in the data folder. */
  runningPid: number | null
  /** Ports that are needed. `holder`: null when nobody has it; `isOurs`: it is this installation's. */
  ports: readonly { what: string; port: number; by: string[]; holder: Holder | null }[]
  /** What the running product says of itself; null when it does not answer or does not run. */
  health: { status: string; checks: Readonly<Record<string, { status: string; detail?: string }>> } | null
  database:
    | { kind: 'embedded' }
    | { kind: 'named'; problem: string }
    | { kind: 'named'; version: number; offMs: number; strange: readonly string[]; pending: number }
  asterisk: { version: string } | { problem: string }
  /** IPv4 addresses of this machine, and the one that others are told. */
  addresses: readonly string[]
  publicAddress: { name: string; address: string | null } | null
  certificate: { file: string; problem: string } | { file: string; endsMs: number } | null
  isClockKept: boolean | null
}

export interface Holder {
  pid: number
  command: string
  isOurs: boolean
}

export type FindingState = 'ok' | 'warning' | 'failed' | 'unknown'

export interface Finding {
  name: string
  state: FindingState
  text: string
  /** What to do; empty where nothing is to be done. */
  advice: string
}

const gigabyte = 1024 ** 3
const dayMs = 86_400_000

/** Judges what was found, in the order in which one thing rests on another. Pure. */
export function findingsOf(facts: DoctorFacts): Finding[] {
  return [
    settings(facts),
    memory(facts),
    openFiles(facts),
    dataFolder(facts),
    product(facts),
    ...ports(facts),
    database(facts),
    asterisk(facts),
    ...parts(facts),
    address(facts),
    ...certificate(facts),
    clock(facts)
  ]
}

const finding =
  (state: FindingState) =>
  (name: string, text: string, advice = ''): Finding => ({ name, state, text, advice })
const ok = finding('ok')
const warning = finding('warning')
const failed = finding('failed')
const unknown = finding('unknown')

const settings = ({ settings: problem }: DoctorFacts): Finding =>
  problem === null
    ? ok('settings', 'The environment can be read')
    : failed('settings', problem, 'Correct these variables: docs/configuration.md says what each may be.')

function memory({ memoryBytes }: DoctorFacts): Finding {
  const text = `${(memoryBytes / gigabyte).toFixed(1)} GB`
  return memoryBytes < 1.8 * gigabyte
    ? warning('memory', text, 'Give the machine at least 2 GB: PostgreSQL, Asterisk and Node share it.')
    : ok('memory', text)
}

function openFiles({ openFiles: most }: DoctorFacts): Finding {
  if (most === null) return unknown('open files', 'The limit cannot be read here')
  return most < 4096
    ? warning(
        'open files',
        `One process may hold ${most} files`,
        'Raise it (LimitNOFILE=65536 in the service, or ulimit -n): each call needs a few.'
      )
    : ok('open files', `One process may hold ${most}`)
}

function dataFolder({ data: { dir, isThere, isWritable, freeBytes } }: DoctorFacts): Finding {
  const name = 'data folder'
  if (!isThere)
    return isWritable
      ? ok(name, `${dir} is made at the first start`)
      : failed(name, `${dir} cannot be made`, 'Set DATA_DIR to a folder that this user may write to.')
  if (!isWritable)
    return failed(
      name,
      `${dir} cannot be written to`,
      'Run as the user it belongs to, or give it to this one (chown).'
    )
  if (freeBytes === null) return unknown(name, `The room in ${dir} cannot be read`)
  const text = `${dir}: ${(freeBytes / gigabyte).toFixed(1)} GB free`
  if (freeBytes < gigabyte / 2)
    return failed(name, text, 'Free some space now: new recordings have stopped, calls go on.')
  if (freeBytes < 2 * gigabyte)
    return warning(name, text, 'Free some space, or keep recordings for a shorter time.')
  return ok(name, text)
}

function product({ runningPid, health }: DoctorFacts): Finding {
  if (runningPid === null) return ok('product', 'Ringtrace does not run now')
  if (health === null)
    return failed(
      'product',
      `Process ${runningPid} works in the data folder, and its web port does not answer`,
      'It may still be starting. If this stays: read its log, then restart it.'
    )
  return ok('product', `Ringtrace runs (process ${runningPid}), and says: ${health.status}`)
}

function ports({ ports: all, runningPid }: DoctorFacts): Finding[] {
  const wrong = all.flatMap(({ what, port, by, holder }) => {
    const name = `port ${port}`
    if (holder && !holder.isOurs)
      return [
        failed(
          name,
          `${what}: held by process ${holder.pid} (${holder.command})`,
          `Stop that program, or choose another port: ${by.join(' or ')}.`
        )
      ]
    if (!holder && runningPid !== null)
      return [
        failed(
          name,
          `${what}: nobody listens, though Ringtrace runs`,
          'See “asterisk” below; then restart Ringtrace.'
        )
      ]
    return []
  })
  const numbers = all.map(({ port }) => port).join(', ')
  const state = runningPid === null ? 'free' : 'held by Ringtrace'
  return wrong.length > 0 ? wrong : [ok('ports', `${numbers}: ${state}`)]
}

function database({ database: found, health }: DoctorFacts): Finding {
  const name = 'database'
  if (found.kind === 'embedded') {
    const said = health?.checks['database']
    if (!said) return ok(name, 'Embedded: it starts and ends with Ringtrace')
    return said.status === 'ok'
      ? ok(name, 'Embedded, and it answers')
      : failed(
          name,
          `Embedded: ${said.detail ?? said.status}`,
          'Read postgres/postgres.log in the data folder. Calls go on meanwhile.'
        )
  }
  if ('problem' in found)
    return failed(name, found.problem, 'Check DATABASE_URL, and that PostgreSQL 14 or newer runs there.')
  const { version, offMs, strange, pending } = found
  if (version < 140_000)
    return failed(name, `PostgreSQL ${Math.floor(version / 10_000)} is too old`, 'Bring it to 14 or newer.')
  if (strange.length > 0)
    return failed(
      name,
      `Its tables are newer than this copy of Ringtrace (${strange.join(', ')})`,
      'Start the newer copy, or restore the backup that was made before its upgrade.'
    )
  if (Math.abs(offMs) > 2000)
    return failed(
      name,
      `Its clock is ${Math.round(offMs / 1000)} s off ours`,
      'Synchronise the clocks of both machines.'
    )
  return ok(
    name,
    `PostgreSQL ${Math.floor(version / 10_000)} answers` +
      (pending > 0 ? `; the next start brings its tables up to date (${pending} steps, after a backup)` : '')
  )
}

const asterisk = ({ asterisk: found }: DoctorFacts): Finding =>
  'version' in found
    ? ok('asterisk', `Asterisk ${found.version} can be run`)
    : warning('asterisk', found.problem, 'npm start brings it; that needs a Debian mirror, or ASTERISK_HOME.')

/** What the product itself says is wrong, beside what is looked at here. */
function parts({ health }: DoctorFacts): Finding[] {
  return Object.entries(health?.checks ?? {})
    .filter(([name, { status }]) => name !== 'database' && status !== 'ok')
    .map(([name, { status, detail }]) => {
      const find = status === 'failed' ? failed : warning
      return find(name, detail ?? status, 'The system page in the settings says what to do.')
    })
}

function address({ addresses, publicAddress }: DoctorFacts): Finding {
  const name = 'public address'
  if (publicAddress) {
    const { name: said, address: found } = publicAddress
    return found === null
      ? failed(name, `${said} stands for no address`, 'Correct EXTERNAL_ADDRESS, or the name server.')
      : ok(name, said === found ? said : `${said} (${found})`)
  }
  if (addresses.some((each) => !isPrivate(each)))
    return ok(name, addresses.filter((each) => !isPrivate(each)).join(', '))
  return warning(
    name,
    `This machine has only private addresses (${addresses.join(', ') || 'none'})`,
    'With carriers or telephones outside: set the public address on the system page or as EXTERNAL_ADDRESS, and forward the SIP and RTP ports (UDP).'
  )
}

/** RFC 1918, RFC 6598 and the loopback. */
const isPrivate = (address: string): boolean =>
  /^(10|127|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(address)

function certificate({ certificate: found, nowMs }: DoctorFacts): Finding[] {
  const name = 'certificate'
  if (found === null) return []
  if ('problem' in found)
    return [
      failed(name, `${found.file}: ${found.problem}`, 'Name a certificate in PEM, and its key (docs/tls.md).')
    ]
  const days = Math.floor((found.endsMs - nowMs) / dayMs)
  if (days < 0) return [failed(name, `It ended ${-days} days ago`, 'Renew it; it is read again by itself.')]
  return [
    days < 21
      ? warning(name, `It ends in ${days} days`, 'See that whatever renews it works.')
      : ok(name, `Valid for ${days} more days`)
  ]
}

function clock({ isClockKept }: DoctorFacts): Finding {
  if (isClockKept === null)
    return unknown('clock', 'Whether anything keeps it right cannot be told from here')
  return isClockKept
    ? ok('clock', 'Kept right by the network')
    : warning('clock', 'Nothing keeps it right', 'Switch time synchronisation on: timedatectl set-ntp true.')
}
