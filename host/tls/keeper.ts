import { watch, type FSWatcher } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Logger } from 'pino'
import { SetupError, codeOf, messageOf } from '../setup-error.ts'
import {
  covers,
  daysUntil,
  MaterialRefused,
  plainHost,
  readMaterial,
  refuseByTime,
  type Material,
  type Refusal
} from './material.ts'
import { makeSelfSigned, ownHosts } from './self-signed.ts'

/** Where the certificate in use comes from; `kept`: the last good one, since the named files cannot be used. */
export type CertificateSource = 'files' | 'uploaded' | 'selfSigned' | 'kept'

/** Why the newest files are not in use. */
export interface CertificateProblem {
  reason: Refusal | 'unreadable'
  /** The file, or whom it is about. */
  about: string | null
  /** In English, for the log and experts. */
  message: string
}

export interface InUse extends Material {
  readonly source: CertificateSource
  readonly problem: CertificateProblem | null
}

/** The certificate of this installation. */
export interface TlsKeeper {
  current(): InUse
  /** Told after each change, with the new one; a failure of one listener stops no other. */
  onChange(listener: (now: InUse) => void | Promise<void>): void
  /** Takes a certificate that an admin brings. @throws MaterialRefused */
  upload(cert: string, key: string): Promise<void>
  /** Back to the self-signed one. */
  removeUpload(): Promise<void>
  /** Looks now whether anything has changed; else that is done by itself. */
  look(): Promise<void>
  /** Key and chain in one file whose name never changes: what Asterisk reads. */
  readonly file: string
  /** That file holds another certificate than when this installation was stopped. */
  readonly isNewAtStart: boolean
  /** The named files; null where the certificate is uploaded or made. */
  readonly files: CertificateFiles | null
  stop(): void
}

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

export interface KeeperOptions {
  /** Made when missing; holds keys. */
  dir: string
  /** From the environment; they win over what is uploaded. */
  files: CertificateFiles | null
  /** Names and addresses that the self-signed certificate must stand for, beside this machine's own. */
  told: readonly (string | undefined)[]
  log: Logger
  now?: () => number
  everyMs?: number
}

const renewDays = 30
/** Programs that renew write two files, one after the other. */
const settleMs = 500

/**
 * Finds the certificate to use and keeps looking whether it has changed: the named files, else the uploaded one, else
 * one of our own. A new one that cannot be used leaves the old one in its place.
 * @throws SetupError when the named files cannot be used and there never was a good one
 */
export async function openTls(options: KeeperOptions): Promise<TlsKeeper> {
  const { dir, files, told, log, now = Date.now } = options
  const at = (name: string): string => path.join(dir, name)
  const used = at('used.pem')
  const listeners: ((now: InUse) => void | Promise<void>)[] = []
  let last: Promise<unknown> = Promise.resolve()
  let state = ''
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  let current = await first()
  const before = await readKept(used)
  const isNewAtStart = before?.facts.fingerprint !== current.facts.fingerprint
  if (isNewAtStart) await keep(used, current)
  state = await stateOf(watched())

  function watched(): string[] {
    return files ? [files.cert, files.key] : [at('uploaded.pem')]
  }

  async function first(): Promise<InUse> {
    if (!files) return ours()
    try {
      return { ...(await readFiles(files)), source: 'files', problem: null }
    } catch (error) {
      const problem = problemOf(error)
      const kept = await readKept(used)
      if (!kept) {
        throw new SetupError(
          `The certificate cannot be used: ${problem.message}`,
          'Set TLS_CERT_FILE and TLS_KEY_FILE right, or leave both out.',
          { cause: error }
        )
      }
      log.error({ err: error }, 'The certificate files cannot be used; the last good one stays')
      return { ...kept, source: 'kept', problem }
    }
  }

  /** The uploaded one, else the self-signed one, made where it is missing, old or for other hosts. */
  async function ours(): Promise<InUse> {
    const uploaded = await readKept(at('uploaded.pem'))
    if (uploaded) return { ...uploaded, source: 'uploaded', problem: null }
    const made = await readKept(at('self-signed.pem'))
    const isFit =
      made &&
      daysUntil(made.facts.endsMs, now()) >= renewDays &&
      // What cannot be named in any is not asked for.
      ownHosts(told)
        .filter((host) => told.some((one) => one !== undefined && plainHost(one) === host))
        .every((host) => covers(made.facts, host))
    if (isFit) return { ...made, source: 'selfSigned', problem: null }
    const { cert, key } = await makeSelfSigned(ownHosts(told), now())
    const fresh = readMaterial(cert, key)
    await keep(at('self-signed.pem'), fresh)
    log.info({ names: fresh.facts.names.length }, 'Made a self-signed certificate')
    return { ...fresh, source: 'selfSigned', problem: null }
  }

  async function look(): Promise<void> {
    const state2 = await stateOf(watched())
    const isOld = current.source === 'selfSigned' && daysUntil(current.facts.endsMs, now()) < renewDays
    if (state2 === state && !isOld) return
    state = state2
    if (!files) return take(await ours())
    try {
      const found = await readFiles(files)
      refuseByTime(found, now())
      await take({ ...found, source: 'files', problem: null })
    } catch (error) {
      const problem = problemOf(error)
      log.error({ err: error }, 'The new certificate cannot be used; the old one stays')
      await take({ ...current, problem })
    }
  }

  async function take(next: InUse): Promise<void> {
    const isNew = next.facts.fingerprint !== current.facts.fingerprint || next.key !== current.key
    const isNews = isNew || next.source !== current.source || next.problem !== current.problem
    current = next
    if (isNew) {
      await keep(used, next)
      log.info(
        { source: next.source, endsAt: new Date(next.facts.endsMs).toISOString() },
        'A new certificate is used'
      )
    }
    if (!isNews) return
    for (const listener of listeners) {
      try {
        await listener(next)
      } catch (error) {
        log.error({ err: error }, 'A new certificate could not be handed on')
      }
    }
  }

  /** One at a time: uploads and looks. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work)
    // Its failure goes to whoever asked for it; the next has its turn all the same.
    last = mine.catch(() => undefined)
    return mine
  }
  const lookAside = (): void => {
    inTurn(look).catch((error: unknown) =>
      log.error({ err: error }, 'The certificate could not be looked at')
    )
  }

  const timer = setInterval(lookAside, options.everyMs ?? 30_000)
  timer.unref()
  const watchers = watchFolders(watched(), lookAside)

  return {
    file: used,
    isNewAtStart,
    files,
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    look: () => inTurn(look),
    upload: (cert, key) =>
      inTurn(async () => {
        const material = readMaterial(cert, key)
        refuseByTime(material, now())
        await keep(at('uploaded.pem'), material)
        state = await stateOf(watched())
        if (!files) await take({ ...material, source: 'uploaded', problem: null })
      }),
    removeUpload: () =>
      inTurn(async () => {
        await rm(at('uploaded.pem'), { force: true })
        state = await stateOf(watched())
        if (!files) await take(await ours())
      }),
    stop() {
      clearInterval(timer)
      for (const each of watchers) each.close()
    }
  }
}

async function readFiles({ cert, key }: CertificateFiles): Promise<Material> {
  return readMaterial(await readFile(cert, 'utf8'), await readFile(key, 'utf8'))
}

/** One of our own files; null where there is none, or somebody has spoilt it. */
async function readKept(file: string): Promise<Material | null> {
  try {
    const text = await readFile(file, 'utf8')
    return readMaterial(text, text)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof MaterialRefused) return null
    throw error
  }
}

/** Readable by its owner alone, and never half written. */
async function keep(file: string, { cert, key }: Material): Promise<void> {
  await writeFile(`${file}.next`, `${key}${cert}`, { mode: 0o600 })
  await rename(`${file}.next`, file)
}

function problemOf(error: unknown): CertificateProblem {
  if (error instanceof MaterialRefused)
    return { reason: error.reason, about: error.about, message: error.message }
  if (codeOf(error) === undefined) throw error
  const { path: file } = error as NodeJS.ErrnoException
  return { reason: 'unreadable', about: file ?? null, message: messageOf(error) }
}

/** Changes with the files, wherever links lead. */
async function stateOf(files: readonly string[]): Promise<string> {
  const each = files.map(async (file) => {
    try {
      const { ino, size, mtimeMs } = await stat(file)
      return `${ino}:${size}:${mtimeMs}`
    } catch (error) {
      if (codeOf(error) === undefined) throw error
      return String(codeOf(error))
    }
  })
  return (await Promise.all(each)).join(' ')
}

/** Only makes us look sooner: links, network folders and containers tell nothing, and the timer looks anyway. */
function watchFolders(files: readonly string[], look: () => void): FSWatcher[] {
  let timer: NodeJS.Timeout | undefined
  const wake = (): void => {
    clearTimeout(timer)
    timer = setTimeout(look, settleMs)
    timer.unref()
  }
  const names = new Set(files.map((file) => path.basename(file)))
  return [...new Set(files.map((file) => path.dirname(file)))].flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || names.has(name)) wake()
      })
      watcher.on('error', () => watcher.close())
      return [watcher]
    } catch (error) {
      if (codeOf(error) === undefined) throw error
      return []
    }
  })
}
