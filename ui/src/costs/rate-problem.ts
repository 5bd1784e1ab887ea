import type { costs } from '../i18n/en/costs.ts'

type Key =
  | `costImport.problem.${'dayBad' | 'currencyBad' | 'unclosedQuote' | 'longLine'}`
  | `costRates.problem.${keyof (typeof costs)['costRates']['problem']}`

/** What the server says of a line, in English, and the sentence of ours that means the same. */
const sentences: readonly (readonly [RegExp, Key])[] = [
  [/no day/, 'costImport.problem.dayBad'],
  [/no currency/, 'costImport.problem.currencyBad'],
  [/own currency/, 'costRates.problem.own'],
  [/this is no rate/, 'costRates.problem.rate'],
  [/already/, 'costRates.problem.twice'],
  [/there is no rate/, 'costRates.problem.none'],
  [/more than/, 'costRates.problem.tooMany'],
  [/quote/, 'costImport.problem.unclosedQuote'],
  [/64 kilobytes/, 'costImport.problem.longLine']
]

/** The key of the words for what is wrong with a line of a pasted table; null where there are none. */
export const rateProblem = (message: string): Key | null =>
  sentences.find(([pattern]) => pattern.test(message))?.[1] ?? null
