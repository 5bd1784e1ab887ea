import { expect } from 'chai'
import { createRandom } from '../../../db/demo/random.ts'
import {
  createCostReader,
  mostRows,
  type CostFile,
  type ReadOptions
} from '../../../integrations/costs/core/read.ts'
import {
  readAmount,
  readCount,
  readCurrency,
  readDay,
  readText
} from '../../../integrations/costs/core/values.ts'

const plain: ReadOptions = { decimal: 'auto', defaults: {}, companyCurrency: 'RUB' }

/** Reads lines whose cells stand between bars. */
function read(lines: readonly string[], options: Partial<ReadOptions> = {}): CostFile {
  const reader = createCostReader({ ...plain, ...options })
  lines.every((line, index) => reader.take({ line: index + 1, cells: line.split('|') }))
  return reader.end()
}
const faults = (file: CostFile) => file.problems.map(({ line, code }) => `${line} ${code}`)

describe('Values in files of costs', () => {
  it('days are ISO or written as in Russia, and real', () => {
    const table: [string, string][] = [
      ['2026-10-01', '2026-10-01'],
      [' 2026-10-01 00:00:00 ', '2026-10-01'],
      ['2026-10-01T21:00:00Z', '2026-10-01'],
      ['2026.10.01', '2026-10-01'],
      ['01.10.2026', '2026-10-01'],
      ['1.2.2026', '2026-02-01'],
      ['29.02.28', '2028-02-29'],
      ['', 'dayMissing'],
      ['29.02.2026', 'dayBad'],
      ['2026-13-01', 'dayBad'],
      ['10/11/2026', 'dayBad'],
      ['01.10.2026 - 07.10.2026', 'dayBad'],
      ['1899-12-30', 'dayBad'],
      ['46296', 'dayBad'],
      ['=TODAY()', 'dayBad']
    ]
    for (const [cell, wanted] of table) expect(Object.values(readDay(cell)), cell).to.deep.equal([wanted])
  })

  it('amounts have a comma or a point, groups, a currency, and are exact', () => {
    const table: [string, number | string][] = [
      ['0', 0],
      ['12', 1200],
      ['12,5', 1250],
      ['12.50', 1250],
      ['1 234,56', 123_456],
      ['1\u00a0234\u202f567,89 ₽', 123_456_789],
      ['1,234.56', 123_456],
      ['1.234,56', 123_456],
      ['1,234,567', 123_456_700],
      ['$1,234.5', 123_450],
      ['99,9 руб.', 9990],
      ['0.125', 13],
      ['12.344999', 1234],
      ['12.345678', 1235],
      ['0,29', 29],
      ['1.005', 'amountAmbiguous'],
      ['0.005', 1],
      ['999999999999.99', 99_999_999_999_999],
      ['999999999999.995', 'amountTooLarge'],
      ['1000000000000', 'amountTooLarge'],
      ['--', 0],
      ['-', 0],
      ['-0,00', 0],
      ['', 'amountMissing'],
      ['   ', 'amountMissing'],
      ['-5', 'amountNegative'],
      ['1,234', 'amountAmbiguous'],
      ['1,23.4,5', 'amountBad'],
      ['12,34,56', 'amountBad'],
      ['1e5', 'amountBad'],
      ['=1+1', 'amountBad'],
      ['Infinity', 'amountBad'],
      [',', 'amountBad']
    ]
    for (const [cell, wanted] of table)
      expect(Object.values(readAmount(cell, 'auto')), cell).to.deep.equal([wanted])
    expect(readAmount('1,234', 'comma')).to.deep.equal({ value: 123 })
    expect(readAmount('1,234', 'point')).to.deep.equal({ value: 123_400 })
    expect(readAmount('1.234', 'comma')).to.deep.equal({ value: 123_400 })
    expect(readAmount('12.50', 'comma')).to.deep.equal({ problem: 'amountBad' })
    expect(readAmount('1,234.50', 'comma')).to.deep.equal({ problem: 'amountBad' })
  })

  it('amounts come back as they were written, in every style', () => {
    const random = createRandom(4)
    for (let round = 0; round < 3000; round++) {
      const cents = random.pick([
        random.whole(0, 99),
        random.whole(0, 9_999_999),
        random.whole(0, 99_999_999_999)
      ])
      const [group, point] = random.pick([
        [' ', ','],
        ['\u00a0', ','],
        [',', '.'],
        ['.', ','],
        ['', '.'],
        ['', ',']
      ] as const)
      const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, group)
      const text = `${whole}${point}${String(cents % 100).padStart(2, '0')}`
      expect(readAmount(text, random.pick(['auto', point === ',' ? 'comma' : 'point'])), text).to.deep.equal({
        value: cents
      })
    }
  })

  it('counts, currencies and texts are taken with care', () => {
    expect(readCount('1 234')).to.deep.equal({ value: 1234 })
    expect(readCount('1,234')).to.deep.equal({ value: 1234 })
    expect(readCount(' -- ')).to.deep.equal({ value: null })
    expect(readCount('1,5')).to.deep.equal({ problem: 'countBad' })
    expect(readCount('99999999999')).to.deep.equal({ problem: 'countBad' })
    expect(['rub', 'руб.', '₽', 'USD', '$', 'тенге', 'roubles', ''].map(readCurrency)).to.deep.equal([
      ...['RUB', 'RUB', 'RUB', 'USD', 'USD', 'KZT', null, null]
    ])
    expect(readText('=HYPERLINK("http://x")')).to.deep.equal({ value: '=HYPERLINK("http://x")' })
    expect(readText('a\u0000b\u202ec\nd')).to.deep.equal({ value: 'a b c d' })
    expect(readText('x'.repeat(301))).to.deep.equal({ problem: 'tooLong' })
  })
})

describe('Files of costs', () => {
  it('of Yandex Direct are known by their headings, below a title and above sums', () => {
    const file = read([
      'Статистика по кампаниям, 01.10.2026 - 02.10.2026||||||',
      'Дата|№ Кампании|Кампания|Условие показа|Показы|Клики|Расход (руб.)',
      '01.10.2026|123|Кухни — поиск|кухни на заказ|1 200|34|1 234,56',
      '02.10.2026|123|Кухни — поиск|--|900|-|0,00',
      'Итого|||||34|1 234,56'
    ])
    expect(file.problems).to.deep.equal([])
    expect(file).to.deep.include({ dialect: 'direct', headingLine: 2, sumLines: [5] })
    expect(file.columns).to.deep.equal([
      ...['day', null, 'campaign', 'keyword', 'impressions', 'clicks', 'amount']
    ])
    expect(file.rows).to.deep.equal([
      {
        ...{ line: 3, day: '2026-10-01', source: 'yandex', medium: 'cpc', campaign: 'Кухни — поиск' },
        ...{
          keyword: 'кухни на заказ',
          cents: 123_456,
          currency: 'RUB',
          clicks: 34,
          impressions: 1200,
          note: null
        }
      },
      {
        ...{ line: 4, day: '2026-10-02', source: 'yandex', medium: 'cpc', campaign: 'Кухни — поиск' },
        ...{ keyword: '', cents: 0, currency: 'RUB', clicks: null, impressions: 900, note: null }
      }
    ])
  })

  it('of Google Ads and VK Ads are known too', () => {
    const google = read([
      'Campaign report',
      '"October 1, 2026 - October 2, 2026"',
      'Day|Campaign|Currency code|Impr.|Clicks|Avg. CPC|Cost',
      '2026-10-01|Brand|USD|1,200|10|0.5|5.00',
      'Total: Account| --|USD|1,200|10|0.5|5.00'
    ])
    expect(google).to.deep.include({ dialect: 'google', problems: [], sumLines: [5] })
    expect(google.rows[0]).to.deep.include({
      source: 'google',
      currency: 'USD',
      cents: 500,
      impressions: 1200
    })
    const vk = read([
      'Дата|Кампания|Показы|Клики|eCPC, ₽|Потрачено всего, ₽',
      '01.10.2026|Осень|5000|40|10|400'
    ])
    expect(vk.rows[0]).to.deep.include({ source: 'vk', medium: 'cpc', campaign: 'Осень', cents: 40_000 })
  })

  it('take what the person says before what they say themselves', () => {
    const lines = ['when|what|how much', '2026-10-01|Sofas|5', '2026-10-02|Beds|6']
    expect(faults(read(lines))).to.deep.equal(['1 noDayColumn', '1 noAmountColumn', '1 noSource'])
    const told = read(lines, {
      columns: ['day', 'campaign', 'amount'],
      defaults: { source: 'avito', currency: 'USD', campaign: 'unused' }
    })
    expect(told.rows.map(({ source, campaign, currency }) => [source, campaign, currency])).to.deep.equal([
      ['avito', 'Sofas', 'USD'],
      ['avito', 'Beds', 'USD']
    ])
    expect(told.headings).to.deep.equal(['when', 'what', 'how much'])
    const without = read(['2026-10-01|5'], { columns: ['day', 'amount'], defaults: { source: 'radio' } })
    expect(without).to.deep.include({ headingLine: null, problems: [] })
    expect(without.rows).to.have.length(1)
  })

  it('name every line at fault, and nothing else', () => {
    const file = read(
      [
        'Day|Campaign|Cost|Currency|Clicks',
        '2026-10-01|A|5|USD|1',
        '2026-10-32|B|5|USD|1',
        '2026-10-03|C|free|USD|many',
        '2026-10-04;D;5;USD;1',
        '2026-10-05|E|5|dollars|1',
        '2026-10-06|F|5|USD|1|surplus',
        '2026-10-07|G|1,234|USD|1',
        `2026-10-08|${'x'.repeat(301)}|-5|USD|1`,
        '2026-10-09|I|5||1||'
      ],
      { defaults: { source: 'x' } }
    )
    expect(faults(file)).to.deep.equal([
      ...[
        '3 dayBad',
        '4 amountBad',
        '4 countBad',
        '5 cells',
        '6 currencyBad',
        '7 cells',
        '8 amountAmbiguous'
      ],
      ...['9 tooLong', '9 amountNegative']
    ])
    expect(file.problems[0]).to.deep.include({ field: 'day', value: '2026-10-32' })
    expect(file.rows.map(({ line, currency }) => `${line} ${currency}`)).to.deep.equal(['2 USD', '10 RUB'])
    expect(read(['2026-10-01|5'], { columns: ['day', 'amount'], defaults: {} }).problems[0]?.code).to.equal(
      'noSource'
    )
  })

  it('with nothing in them say so', () => {
    expect(faults(read(['Day|Source|Cost']))).to.deep.equal(['1 noRows'])
    expect(read([]).problemCount).to.be.greaterThan(0)
  })

  it('count all problems and keep the first; too many lines are refused', () => {
    const lines = Array.from({ length: 2000 }, () => 'nonsense|5')
    const many = read(['Day|Cost', ...lines], { defaults: { source: 'x' } })
    expect([many.problemCount, many.problems.length]).to.deep.equal([2000, 500])
    const reader = createCostReader({ ...plain, defaults: { source: 'x' } })
    let taken = 0
    reader.take({ line: 1, cells: ['Day', 'Cost'] })
    while (reader.take({ line: taken + 2, cells: ['2026-10-01', '1'] })) taken += 1
    expect(taken).to.equal(mostRows)
    expect(faults(reader.end())).to.deep.equal([`${mostRows + 2} tooManyRows`])
  })

  it('hold exactly what was written into them', () => {
    const random = createRandom(11)
    for (let round = 0; round < 100; round++) {
      const fields = random.shuffled(['day', 'source', 'medium', 'campaign', 'amount', 'clicks'] as const)
      const rows = Array.from({ length: random.whole(1, 30) }, () => ({
        day: `2026-${String(random.whole(1, 12)).padStart(2, '0')}-${String(random.whole(1, 28)).padStart(2, '0')}`,
        source: random.pick(['yandex', 'google', 'Щит']),
        medium: random.pick(['cpc', '']),
        campaign: random.pick(['=cmd', 'Осень', '']),
        amount: random.whole(0, 100_000),
        clicks: random.whole(0, 50)
      }))
      const cellOf = (row: (typeof rows)[number], field: (typeof fields)[number]): string => {
        if (field === 'day' && random.chance(0.5)) return row.day.split('-').reverse().join('.')
        if (field === 'amount') return (row.amount / 100).toFixed(2).replace('.', ',')
        return String(row[field])
      }
      const file = read([
        fields.join('|'),
        ...rows.map((row) => fields.map((field) => cellOf(row, field)).join('|'))
      ])
      expect(file.problems).to.deep.equal([])
      expect(
        file.rows.map(({ day, source, medium, campaign, cents, clicks }) => ({
          ...{ day, source, medium, campaign, amount: cents, clicks }
        }))
      ).to.deep.equal(rows)
    }
  })
})
