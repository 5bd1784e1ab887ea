import { driftOf } from './drift.ts'
import { figureNames, figures, type Sample } from './sample.ts'

/** What was counted from outside, and what the product says of the same calls. */
export interface Counts {
  offered: number
  failed: number
  journal: number
  answered: number
}

/** A Markdown table of every figure: where it stood, what it grew by, and whether that is flat. */
export function driftTable(
  samples: readonly Sample[],
  warmUpSeconds: number
): { text: string; isFlat: boolean } {
  const calls = (samples.at(-1)?.calls ?? 0) - (samples.find(({ at }) => at >= warmUpSeconds)?.calls ?? 0)
  let isFlat = true
  const rows = figureNames.map((name) => {
    const { title, share, absolute } = figures[name]
    const points = samples.map((sample) => ({ at: sample.at, value: sample[name] }))
    const drift = driftOf(points, warmUpSeconds, { share, absolute })
    if (drift === null) return `| ${title} | – | – | – | – | too few samples |`
    isFlat &&= drift.isFlat
    const figure = (value: number): string => value.toFixed(Math.abs(value) < 100 ? 1 : 0)
    const verdict = drift.isFlat ? 'flat' : 'GROWS'
    const allowed = Number.isFinite(drift.allowed) ? figure(drift.allowed) : 'any'
    return `| ${title} | ${figure(drift.median)} | ${figure(drift.growth)} | ${allowed} | ${figure(drift.noise)} | ${verdict} |`
  })
  const text = [
    `After a warm-up of ${Math.round(warmUpSeconds)} s, over ${calls} calls. Growth: the slope of Theil and Sen (the median of the slopes between all pairs of samples, which no burst moves) times the run; flat: at most what is allowed.`,
    '',
    '| figure | median | growth over the run | allowed | noise | |',
    '|---|---|---|---|---|---|',
    ...rows
  ].join('\n')
  return { text, isFlat }
}

/** What must have come back when no call is in progress. Memory is not among it: stores fill for thousands of calls. */
const atRest = [
  ...(['files', 'timers', 'resources', 'liveCalls', 'spoolKb', 'asteriskFiles', 'asteriskThreads'] as const),
  ...(['channels', 'bridges', 'connections'] as const)
]

/** What stood before and after, with no call in progress: all but memory must have come back. */
export function restTable(before: Sample, after: Sample): { text: string; isRight: boolean } {
  const left = atRest.filter((name) => after[name] - before[name] > restAllowed(name))
  const rows = figureNames
    .filter((name) => name !== 'load')
    .map(
      (name) =>
        `| ${figures[name].title} | ${before[name].toFixed(1)} | ${after[name].toFixed(1)} | ${left.some((one) => one === name) ? 'LEFT OVER' : ''} |`
    )
  const text = ['| at rest | before | after | |', '|---|---|---|---|', ...rows].join('\n')
  return { text, isRight: left.length === 0 }
}

/** Of a call nothing may stay; connections and the like come and go by themselves. */
function restAllowed(name: (typeof atRest)[number]): number {
  return name === 'channels' || name === 'bridges' || name === 'liveCalls' ? 0 : figures[name].absolute
}

/** Each figure at the start, every so many minutes, and at the end. */
export function courseTable(samples: readonly Sample[], everyMinutes: number): string {
  const last = samples.at(-1)
  if (!last) return 'No samples'
  const shown: Sample[] = []
  for (const sample of samples) {
    const due = (shown.at(-1)?.at ?? -Infinity) + everyMinutes * 60
    if (sample.at >= due || sample === last) shown.push(sample)
  }
  const row = (title: string, values: readonly string[]): string => `| ${title} | ${values.join(' | ')} |`
  return [
    row(
      'minute',
      shown.map(({ at }) => String(Math.round(at / 60)))
    ),
    `|---${'|---'.repeat(shown.length)}|`,
    row(
      'calls so far',
      shown.map(({ calls }) => String(calls))
    ),
    ...figureNames.map((name) =>
      row(
        figures[name].title,
        shown.map((sample) => sample[name].toFixed(figures[name].absolute < 5 ? 1 : 0))
      )
    )
  ].join('\n')
}

export function countsText({ offered, failed, journal, answered }: Counts): {
  text: string
  isRight: boolean
} {
  // A caller who gave up is a failure of SIPp’s, and a call of the journal all the same.
  const isRight = journal === offered && answered >= offered - failed
  const text = `Calls: ${offered} offered, ${failed} failed; the journal has ${journal}, ${answered} of them answered: ${isRight ? 'right' : 'WRONG'}`
  return { text, isRight }
}
