// Words of importing costs that the contract knows too. No imports, so that anybody may take them.

/** What a column of a file may hold. */
export const costFields = [
  'day',
  'source',
  'medium',
  'campaign',
  'keyword',
  'amount',
  'currency',
  'clicks',
  'impressions',
  'note'
] as const
export type CostField = (typeof costFields)[number]

/** Whose export a file is, by its headings. */
export const costDialects = ['direct', 'google', 'vk'] as const
export type CostDialect = (typeof costDialects)[number]

/** What the decimal sign is; `auto`: by each number, and one that can be read in two ways is refused. */
export const decimalSigns = ['auto', 'comma', 'point'] as const
export type DecimalSign = (typeof decimalSigns)[number]

/** What is wrong with a line, in the words of the documentation. Codes are stable. */
export const costProblems = {
  noDayColumn: 'no column is known to hold the day',
  noAmountColumn: 'no column is known to hold the cost',
  noSource: 'there is neither a column with the source nor a source for the whole file',
  noRows: 'there is no line with a cost',
  tooManyRows: 'the file has more than 50 000 lines: split it',
  unclosedQuote: 'a quote is opened and never closed',
  longLine: 'the line is longer than 64 kilobytes',
  cells: 'the line does not have as many cells as the headings',
  dayMissing: 'there is no day',
  dayBad: 'this is no day: write 2026-11-30 or 30.11.2026',
  amountMissing: 'there is no cost',
  amountBad: 'this is no amount of money',
  amountAmbiguous: 'this may be thousands or thousandths: say what the decimal sign is',
  amountNegative: 'a cost cannot be below zero',
  amountTooLarge: 'the amount is too large',
  currencyBad: 'this is no currency: write three letters such as RUB',
  countBad: 'this is no whole number',
  sourceMissing: 'there is no source',
  tooLong: 'the text is longer than 300 characters'
} as const
export type CostProblemCode = keyof typeof costProblems
