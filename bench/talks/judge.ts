import { percentile } from '../calls/numbers.ts'
import type { TalksResult } from './load.ts'

/** One try of so many talks at once. */
export interface Try extends TalksResult {
  talks: number
  /** Recordings that are shorter than what was counted, or missing. */
  shortRecordings: number
  /** Share of the machine, 0 to 1, meanwhile: of the variant, by its processes, and of all others. */
  cpu: { own: number; telephones: number; neighbours: number }
}

/** Up to here nothing is lost: one packet in ten thousand is below what any network does. */
export const mostLost = 0.0001
/** A telephone's buffer against jitter is no smaller than this. */
const mostJitterMs = 30
/** One way through the exchange; ITU-T G.114 has 150 ms for the whole way. */
const mostDelayMs = 100
/** Of this the telephones themselves would be the reason. */
const mostLateMs = 15

export const lossOf = ({ media }: Pick<Try, 'media'>): number =>
  media.sent === 0 ? 1 : (media.sent - media.received) / media.sent

/** Why a try does not count as held; null when it does. Pure. */
export function judgeTalks(one: Try): string | null {
  const { media, talks } = one
  if (one.talking < talks) return `${talks - one.talking} of ${talks} were not connected`
  if (media.streams < talks * 2) return `only ${media.streams} of ${talks * 2} telephones sent`
  if (media.changed > 0) return `${media.changed} packets came with other sound`
  if (media.lateMs > mostLateMs) return `the telephones themselves were late, ${media.lateMs.toFixed(0)} ms`
  const loss = lossOf(one)
  if (loss > mostLost)
    return `${(loss * 100).toFixed(3)} % lost, in ${media.broken} of ${media.streams} streams`
  const jitter = percentile(media.jitterMs, 95)
  if (jitter > mostJitterMs) return `jitter ${jitter.toFixed(1)} ms`
  if (media.delayMs.p99 > mostDelayMs) return `delay p99 ${media.delayMs.p99.toFixed(0)} ms`
  if (one.done < talks) return `${talks - one.done} did not end as their callers wanted`
  if (one.shortRecordings > 0) return `${one.shortRecordings} recordings too short or missing`
  return null
}

export function tryText(one: Try): string {
  const { media, cpu } = one
  const percent = (share: number): string => `${Math.round(share * 100)} %`
  return [
    `loss ${(lossOf(one) * 100).toFixed(3)} %`,
    `jitter p95 ${percentile(media.jitterMs, 95).toFixed(1)} ms`,
    `delay p50 / p99 ${media.delayMs.p50.toFixed(1)} / ${media.delayMs.p99.toFixed(1)} ms`,
    `telephones late ${media.lateMs.toFixed(1)} ms`,
    `CPU ${percent(cpu.own)}, telephones ${percent(cpu.telephones)}, neighbours ${percent(cpu.neighbours)}`
  ].join(', ')
}
