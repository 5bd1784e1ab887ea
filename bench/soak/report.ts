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
    if (drift === null) return `| ${title} | – | – | – | too few samples |`
    isFlat &&= drift.isFlat
    const figure = (value: number): string => value.toFixed(Math.abs(value) < 100 ? 1 : 0)
    const verdict = drift.isFlat ? 'flat' : 'GROWS'
    return `| ${title} | ${figure(drift.median)} | ${figure(drift.growth)} | ${figure(drift.noise)} | ${verdict} |`
  })
  const text = [
    `After a warm-up of ${Math.round(warmUpSeconds)} s, over ${calls} calls:`,
    '',
    '| figure | median | growth over the run | noise | |',
    '|---|---|---|---|---|',
    ...rows
  ].join('\n')
  return { text, isFlat }
}

/** What stood before and after, with no call in progress: everything must have come back. */
export function restTable(before: Sample, after: Sample): string {
  const rows = figureNames
    .filter((name) => name !== 'load')
    .map((name) => `| ${figures[name].title} | ${before[name].toFixed(1)} | ${after[name].toFixed(1)} |`)
  return ['| at rest | before | after |', '|---|---|---|', ...rows].join('\n')
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
