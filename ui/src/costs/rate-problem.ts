/** Words for what the server found in a line of a pasted table, by its code. */
const words = {
  dayBad: 'costImport.problem.dayBad',
  currencyBad: 'costImport.problem.currencyBad',
  unclosedQuote: 'costImport.problem.unclosedQuote',
  longLine: 'costImport.problem.longLine',
  ownCurrency: 'costRates.problem.own',
  rateBad: 'costRates.problem.rate',
  dayTwice: 'costRates.problem.twice',
  noRows: 'costRates.problem.none',
  tooManyRows: 'costRates.problem.tooMany'
} as const

/** The key of the words for what is wrong with a line; null where there are none. */
export const rateProblem = (code: string): (typeof words)[keyof typeof words] | null =>
  Object.hasOwn(words, code) ? words[code as keyof typeof words] : null
