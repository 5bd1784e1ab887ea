/** How a leg sounds, from what the browser measures of it once a second. Pure: figures in, a verdict out. */

/** What the browser has counted so far (W3C webrtc-stats). Counts grow over the leg. */
export interface Measured {
  atMs: number
  /** Of the packets that we get. */
  received: number
  lost: number
  jitterMs: number | null
  rttMs: number | null
  /** Sound pressure at the microphone, 0 … 1; null where the browser does not tell. */
  microphone: number | null
  isMuted: boolean
}

export type QualityProblem = 'rtt' | 'jitter' | 'loss' | 'mos' | 'silentMicrophone' | 'noSound'

export interface Quality {
  level: 'good' | 'fair' | 'poor'
  /** What is wrong now, the gravest first. */
  problems: readonly QualityProblem[]
  /** Mean opinion score of the last second, 1 … 4.5; null while nothing was measured. */
  mos: number | null
  rttMs: number | null
  jitterMs: number | null
  /** Of the last second, 0 … 1. */
  loss: number
}

export interface QualitySummary {
  mos: number | null
  worstMos: number | null
  rttMs: number | null
  jitterMs: number | null
  loss: number | null
  seconds: number
  problems: QualityProblem[]
}

/** Limits beyond which people complain, and in how many of the last samples (Twilio's network quality warnings). */
export const limits = { rttMs: 400, jitterMs: 30, mos: 3.5, loss: 0.03 }
/** A score that people call bad. */
export const poorMos = 3
const wrongOf = { count: 3, of: 5 }
const lossOf = 7
/** So long a microphone that is not muted may give nothing at all: rooms are never that still. */
const stillSeconds = 10
const stillLevel = 0.00005
const noSoundSeconds = 4
/** The worst moment is a mean of so many seconds: one bad packet is no bad moment. */
const worstSeconds = 5

/**
 * Mean opinion score by the E-model (ITU-T G.107, in the simplified form for packet voice): delay and loss take away
 * from a transmission rating of 93.2.
 * @param loss share, 0 … 1
 */
export function mosOf(rttMs: number, jitterMs: number, loss: number): number {
  const delayMs = rttMs / 2 + jitterMs * 2 + 10
  const byDelay = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0)
  // Opus and G.711 with concealment stand some loss.
  const byLoss = 30 * Math.log(1 + 15 * loss)
  const r = Math.min(100, Math.max(0, 93.2 - byDelay - byLoss))
  return Math.min(4.5, Math.max(1, 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)))
}

interface Second {
  mos: number
  rttMs: number | null
  jitterMs: number | null
  loss: number
  hasSound: boolean
  isStill: boolean | null
}

/** Follows one leg. */
export function createQuality(): {
  /** @returns the verdict of now */
  add(measured: Measured): Quality
  summary(): QualitySummary
} {
  let before: Measured | null = null
  const seconds: Second[] = []
  const had = new Set<QualityProblem>()

  const last = (count: number): Second[] => seconds.slice(-count)
  const isOften = (test: (second: Second) => boolean): boolean =>
    last(wrongOf.of).filter(test).length >= wrongOf.count
  const always = (count: number, test: (second: Second) => boolean): boolean =>
    seconds.length >= count && last(count).every(test)

  function problemsNow(): QualityProblem[] {
    const found: QualityProblem[] = []
    if (always(noSoundSeconds, ({ hasSound }) => !hasSound)) found.push('noSound')
    if (always(stillSeconds, ({ isStill }) => isStill === true)) found.push('silentMicrophone')
    const recent = last(lossOf)
    const mean = recent.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, recent.length)
    if (recent.length >= wrongOf.count && mean > limits.loss) found.push('loss')
    if (isOften(({ jitterMs }) => jitterMs !== null && jitterMs > limits.jitterMs)) found.push('jitter')
    if (isOften(({ rttMs }) => rttMs !== null && rttMs > limits.rttMs)) found.push('rtt')
    if (found.length === 0 && isOften(({ mos }) => mos < limits.mos)) found.push('mos')
    return found
  }

  return {
    add(now) {
      if (before) {
        const received = Math.max(0, now.received - before.received)
        const lost = Math.max(0, now.lost - before.lost)
        const loss = received + lost === 0 ? 0 : lost / (received + lost)
        seconds.push({
          mos: mosOf(now.rttMs ?? 0, now.jitterMs ?? 0, loss),
          rttMs: now.rttMs,
          jitterMs: now.jitterMs,
          loss,
          hasSound: received > 0,
          isStill: now.isMuted || now.microphone === null ? null : now.microphone < stillLevel
        })
      }
      before = now
      const problems = problemsNow()
      for (const problem of problems) had.add(problem)
      const current = seconds.at(-1)
      const isGrave = problems.includes('noSound') || problems.includes('silentMicrophone')
      const mos = current?.mos ?? null
      const level =
        isGrave || (mos !== null && mos < poorMos) ? 'poor' : problems.length > 0 ? 'fair' : 'good'
      return {
        level: problems.length > 1 ? 'poor' : level,
        problems,
        mos,
        rttMs: current?.rttMs ?? null,
        jitterMs: current?.jitterMs ?? null,
        loss: current?.loss ?? 0
      }
    },
    summary() {
      const mean = (values: readonly number[]): number | null =>
        values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
      const moments = seconds.map((_, index) =>
        mean(seconds.slice(Math.max(0, index - worstSeconds + 1), index + 1).map(({ mos }) => mos))
      )
      const full = moments.slice(Math.min(worstSeconds - 1, Math.max(0, moments.length - 1)))
      const given = <K extends 'rttMs' | 'jitterMs'>(name: K): number[] =>
        seconds.flatMap((second) => second[name] ?? [])
      const rttMs = mean(given('rttMs'))
      return {
        mos: rounded(mean(seconds.map(({ mos }) => mos)), 2),
        worstMos: rounded(full.length === 0 ? null : Math.min(...full.map((mos) => mos ?? 5)), 2),
        rttMs: rounded(rttMs, 0),
        jitterMs: rounded(mean(given('jitterMs')), 1),
        loss:
          before && before.received + before.lost > 0 ? before.lost / (before.received + before.lost) : null,
        seconds: seconds.length,
        problems: [...had]
      }
    }
  }
}

const rounded = (value: number | null, digits: number): number | null =>
  value === null ? null : Number(value.toFixed(digits))
