/** What `run.ts` and its two other processes say to one another. Times are of the monotonic clock of the machine, ms. */

export interface PlayOrder {
  startsPerSecond: number
  seconds: number
}

export interface Played {
  calls: number
  rows: number
  /** When the row behind each numbered event was put on the tape; 0 for events that no row caused. */
  rowAtMs: number[]
  /** Of this process while the calls were played. */
  cpuMs: number
  tookMs: number
}

export interface ClientsOrder {
  url: string
  cookies: string[]
}

export interface ClientsHeard {
  /** By client: the number of each event, and when it came. */
  seqs: number[][]
  atMs: number[][]
  cpuMs: number
  /** Events that came out of order, or twice. */
  misplaced: number
}

/** The machine's monotonic clock, which all its processes share. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6
