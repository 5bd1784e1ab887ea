import { statfs } from 'node:fs/promises'
import type { Logger } from 'pino'

export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}

export interface DiskCheck {
  status: 'ok' | 'degraded' | 'failed'
  detail?: string
}

export interface DiskWatch {
  /** Whether a new recording may start. Asked at every call, so it answers from memory. */
  hasRoom(): boolean
  /** For health: `degraded` when space gets low, `failed` when new recordings are stopped. */
  check(): Promise<DiskCheck>
  stop(): void
}

const gigabyte = 1024 ** 3

/** Space on the disk that holds `dir`, as an ordinary user may use it. */
export async function diskSpace(dir: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(dir)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/**
 * Watches the disk of the recordings. Below `stopBytes` new recordings stop, loudly; calls go on.
 * When the disk cannot be read, recordings go on and the check says so.
 * @param space for tests
 */
export function watchDisk(options: {
  dir: string
  log: Logger
  warnBytes?: number
  stopBytes?: number
  everyMs?: number
  space?: (dir: string) => Promise<DiskSpace>
}): DiskWatch {
  const {
    dir,
    log,
    warnBytes = 2 * gigabyte,
    stopBytes = gigabyte / 2,
    everyMs = 10_000,
    space = diskSpace
  } = options
  let room = true

  async function check(): Promise<DiskCheck> {
    let free: number
    try {
      free = (await space(dir)).freeBytes
    } catch (err) {
      log.error({ err, dir }, 'the disk of the recordings cannot be read')
      return { status: 'degraded', detail: 'the folder of the recordings cannot be read' }
    }
    const hadRoom = room
    // A little more than the limit is asked before starting again, so that it does not flutter.
    room = free >= (hadRoom ? stopBytes : stopBytes * 1.2)
    if (hadRoom && !room)
      log.error({ dir, freeBytes: free }, 'the disk is full: new recordings stop, calls go on')
    if (!hadRoom && room) log.warn({ dir, freeBytes: free }, 'the disk has room again: recordings go on')
    const detail = `${(free / gigabyte).toFixed(1)} GB free for recordings`
    if (!room) return { status: 'failed', detail: `${detail}; new recordings are stopped` }
    return { status: free < warnBytes ? 'degraded' : 'ok', detail }
  }

  const look = (): void => {
    check().catch((err: unknown) => log.error({ err }, 'the disk could not be checked'))
  }
  look()
  const timer = setInterval(look, everyMs)
  timer.unref()
  return { hasRoom: () => room, check, stop: () => clearInterval(timer) }
}
