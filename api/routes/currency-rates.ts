import type { Knex } from 'knex'
import { createRates, type Rates } from '../../reports/core/currency.ts'
import { readCompany } from '../../reports/queries/company.ts'
import { readCurrency, readDay } from '../../integrations/costs/core/values.ts'
import { audit } from '../audit.ts'
import type { Sorts } from '../collection.ts'
import {
  currencyRate,
  currencyRateCreate,
  currencyRateImport,
  currencyRatePatch,
  currencyRatesImported
} from '../contract/costs.ts'
import { crud } from '../crud.ts'
import { CsvFault, csvRows, type CsvRow } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import type { FieldCode } from '../field-codes.ts'
import { ApiError, type FieldError } from '../problems.ts'
import { columnsOf, itemOf } from '../rows.ts'
import { z } from 'zod'

const sorts: Sorts = { day: { column: 'day', type: 'day' } }
const mostLines = 20_000
const mostProblems = 50

/** A column of type `date` as the driver gives it: midnight of this machine's time zone. */
export function dayOf(value: unknown): string {
  if (!(value instanceof Date)) return String(value)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`
}

/** All rates into the company's currency. */
export async function readRates(db: Knex): Promise<Rates> {
  const { currency } = await readCompany(db)
  const rows = await db('currency_rates').select<{ day: Date; currency: string; rate: string }[]>(
    ...['day', 'currency', 'rate']
  )
  return createRates(
    currency,
    rows.map((row) => ({ day: dayOf(row.day), currency: row.currency, rate: Number(row.rate) }))
  )
}

/** What other currencies are worth, from one day to the next rate. */
export function currencyRateRoutes({ db }: ApiDeps): Endpoint[] {
  async function notOwn(currency: string | undefined): Promise<void> {
    const company = await readCompany(db)
    if (currency !== company.currency) return
    const message = 'is the company’s own currency: its rate is always 1'
    throw new ApiError('invalid', { errors: [{ path: 'currency', message, code: 'ownCurrency' }] })
  }

  return [
    ...crud(db, {
      things: 'currency-rates',
      table: 'currency_rates',
      thing: 'currency rate',
      item: currencyRate,
      create: currencyRateCreate,
      patch: currencyRatePatch,
      sorts,
      firstSort: '-day',
      filters: { currency: z.string().max(3).optional() },
      filter(query, { currency }) {
        if (typeof currency === 'string') query.where('currency', currency)
      },
      async columns(body) {
        await notOwn(body.currency)
        return columnsOf(body)
      },
      read: (_db, rows) =>
        Promise.resolve(
          rows.map((row) => itemOf(currencyRate, row, { day: dayOf(row['day']), rate: Number(row['rate']) }))
        )
    }),
    endpoint({
      route: 'POST /api/currency-rates/import',
      summary: 'Enter many rates as CSV: day, currency, rate. One faulty line, and nothing is taken',
      body: currencyRateImport,
      answer: currencyRatesImported,
      async handle(context) {
        const rates = await parseRates(context.body.csv, (await readCompany(db)).currency)
        return db.transaction(async (trx) => {
          const { rows } = await trx.raw<{ rows: { is_new: boolean }[] }>(
            `insert into currency_rates (day, currency, rate)
             select day, currency, rate from jsonb_to_recordset(cast(? as jsonb)) as r (day date, currency text, rate numeric)
             on conflict (currency, day) do update set rate = excluded.rate, updated_at = now()
             returning xmax = 0 as is_new`,
            [JSON.stringify(rates)]
          )
          const added = rows.filter((row) => row.is_new).length
          const done = { added, changed: rows.length - added }
          await audit(trx, context, { action: 'currency rate.import', entity: 'currency rate', data: done })
          return done
        })
      }
    })
  ]
}

interface NewRate {
  day: string
  currency: string
  rate: string
}

/** @throws ApiError invalid, naming every line at fault */
async function parseRates(text: string, company: string): Promise<NewRate[]> {
  const errors: FieldError[] = []
  const say = (line: number, code: FieldCode, message: string): void =>
    void errors.push({ path: `line ${line}`, message, code })
  const byKey = new Map<string, NewRate>()
  let order = { day: 0, currency: 1, rate: 2 }
  let count = 0
  try {
    for await (const row of csvRows(text)) {
      count += 1
      if (count === 1) {
        const found = headingsOf(row)
        if (found) {
          order = found
          continue
        }
      }
      if (count > mostLines) {
        say(row.line, 'tooManyRows', `the file has more than ${mostLines} lines: split it`)
        break
      }
      const rate = rateOf(row, order, company)
      if ('wrong' in rate) say(row.line, ...rate.wrong)
      else if (byKey.has(`${rate.currency} ${rate.day}`)) {
        say(row.line, 'dayTwice', 'this day stands in the file already')
      } else byKey.set(`${rate.currency} ${rate.day}`, rate)
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error
    say(error.line, error.code, error.message)
  }
  if (errors.length === 0 && byKey.size === 0) say(1, 'noRows', 'there is no rate')
  if (errors.length === 0) return [...byKey.values()]
  const more = errors.length - mostProblems
  throw new ApiError('invalid', {
    ...(more > 0 && { detail: `${more} more lines cannot be read.` }),
    errors: errors.slice(0, mostProblems)
  })
}

function headingsOf({ cells }: CsvRow): { day: number; currency: number; rate: number } | null {
  const plain = cells.map((cell) => cell.trim().toLowerCase())
  const at = (names: readonly string[]): number => plain.findIndex((cell) => names.includes(cell))
  const found = {
    day: at(['day', 'date', 'день', 'дата']),
    currency: at(['currency', 'валюта', 'код']),
    rate: at(['rate', 'курс'])
  }
  return Object.values(found).includes(-1) ? null : found
}

function rateOf(
  { cells }: CsvRow,
  order: { day: number; currency: number; rate: number },
  company: string
): NewRate | { wrong: [FieldCode, string] } {
  const day = readDay(cells[order.day] ?? '')
  if (!('value' in day)) return { wrong: ['dayBad', 'this is no day: write 2026-11-30 or 30.11.2026'] }
  const currency = readCurrency(cells[order.currency] ?? '')
  if (currency === null)
    return { wrong: ['currencyBad', 'this is no currency: write three letters such as USD'] }
  if (currency === company)
    return { wrong: ['ownCurrency', 'this is the company’s own currency: its rate is always 1'] }
  const text = (cells[order.rate] ?? '').replace(/[\s\u00a0\u202f]/g, '').replace(',', '.')
  const isRate = /^\d{1,9}(\.\d{1,12})?$/.test(text) && Number(text) > 0
  return isRate ? { day: day.value, currency, rate: text } : { wrong: ['rateBad', 'this is no rate'] }
}
