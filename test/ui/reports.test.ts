import { expect } from 'chai'
import type { Measures, ReportRow } from '../../api/contract/reports.ts'
import { addDays, countDays, dayIn, daysBefore, eachDay, isDay, presetDays } from '../../ui/src/lib/period.ts'
import { commonOf, daysOf, readView, usualView, writeView } from '../../ui/src/reports/address.ts'
import { callsLink, type Place } from '../../ui/src/reports/drill.ts'
import { delta, figure } from '../../ui/src/reports/figures.ts'
import { measure, measureNames } from '../../ui/src/reports/measures.ts'
import {
  levelsOf,
  linesOf,
  pathId,
  pathOf,
  pathQuery,
  sorted,
  type Branch
} from '../../ui/src/reports/tree.ts'

/** `Intl` parts groups with spaces of its own kinds. */
const plain = (text: string | null): string | null => text && text.replace(/[\u00a0\u202f]/g, ' ')

describe('days that a report shows', () => {
  for (const [preset, from, to] of [
    ['today', '2026-11-22', '2026-11-22'],
    ['yesterday', '2026-11-21', '2026-11-21'],
    ['last7', '2026-11-16', '2026-11-22'],
    ['last30', '2026-10-24', '2026-11-22'],
    ['thisMonth', '2026-11-01', '2026-11-22'],
    ['lastMonth', '2026-10-01', '2026-10-31'],
    ['thisQuarter', '2026-10-01', '2026-11-22'],
    ['lastQuarter', '2026-07-01', '2026-09-30']
  ] as const) {
    it(`are ${from} to ${to} for ${preset}`, () => {
      expect(presetDays(preset, '2026-11-22')).to.deep.equal({ from, to })
    })
  }
  it('go over the turn of a year and a leap day', () => {
    expect(presetDays('lastMonth', '2027-01-05')).to.deep.equal({ from: '2026-12-01', to: '2026-12-31' })
    expect(presetDays('lastQuarter', '2027-02-05')).to.deep.equal({ from: '2026-10-01', to: '2026-12-31' })
    expect(addDays('2028-02-28', 1)).to.equal('2028-02-29')
  })
  it('are compared with as many days just before', () => {
    expect(daysBefore({ from: '2026-11-01', to: '2026-11-10' })).to.deep.equal({
      from: '2026-10-22',
      to: '2026-10-31'
    })
    expect(countDays({ from: '2026-11-01', to: '2026-11-10' })).to.equal(10)
    expect(eachDay({ from: '2026-10-31', to: '2026-11-01' })).to.deep.equal(['2026-10-31', '2026-11-01'])
  })
  it('are those of the company, not of the reader', () => {
    const ms = Date.parse('2026-11-21T20:30:00Z')
    expect(dayIn('Europe/Moscow', ms)).to.equal('2026-11-21')
    expect(dayIn('Asia/Vladivostok', ms)).to.equal('2026-11-22')
  })
  it('are real days only', () => {
    expect(['2026-02-29', '2026-1-1', 'x', '', '2026-13-01'].some(isDay)).to.equal(false)
    expect(isDay('2028-02-29')).to.equal(true)
  })
})

describe('the address of a report', () => {
  const view = {
    ...usualView,
    period: 'custom' as const,
    from: '2026-11-01',
    to: '2026-11-10',
    siteId: 'a-site',
    model: 'linear' as const,
    isCompared: true,
    top: 'source' as const,
    sort: 'roi',
    columns: ['calls' as const, 'roi' as const],
    chart: ['revenue' as const],
    open: [pathId(['yandex', 'cpc']), pathId([''])]
  }
  it('holds everything that a reader chose', () => {
    expect(readView(new URLSearchParams(writeView(view).toString()))).to.deep.equal(view)
  })
  it('is empty for what is usual', () => {
    expect(writeView(usualView).toString()).to.equal('')
    expect(readView(new URLSearchParams())).to.deep.equal(usualView)
  })
  it('survives nonsense', () => {
    const read = readView(
      new URLSearchParams(
        'from=2026-11-10&to=2026-11-01&model=best&sort=-x&columns=a,calls&top=y&period=ever'
      )
    )
    expect(read).to.deep.equal({ ...usualView, columns: ['calls'] })
    expect(daysOf(read, '2026-11-22')).to.deep.equal({ from: '2026-10-24', to: '2026-11-22' })
  })
  it('keeps days, site and model on the way to another report', () => {
    expect(commonOf(view)).to.deep.equal({
      ...view,
      top: 'inquiryChannel',
      sort: '-calls',
      columns: [],
      chart: [],
      open: []
    })
  })
})

describe('figures of a report', () => {
  const style = { locale: 'en', currency: 'RUB' }
  for (const [value, unit, text] of [
    [1234, 'count', '1,234'],
    [0.5, 'count', '0.5'],
    [null, 'money', '–'],
    [1240.4, 'money', '₽1,240'],
    [12.345, 'money', '₽12.35'],
    [0.0714, 'share', '7.1%'],
    [6.83, 'share', '683%'],
    [4.6, 'rating', '4.6'],
    [45, 'seconds', '45 sec'],
    [200, 'seconds', '3 min 20 sec'],
    [7500, 'seconds', '2 hr 5 min'],
    [0, 'seconds', '0 sec']
  ] as const) {
    it(`are written ${text}`, () => expect(plain(figure(value, unit, style))).to.equal(text))
  }
  it('change with a sign, and well or badly by what they are', () => {
    expect(delta(12, 10, measure('calls'), style)).to.include({ text: '+20%', way: 'up', isGood: true })
    expect(delta(12, 10, measure('missed'), style)).to.include({ way: 'up', isGood: false })
    expect(delta(12, 10, measure('cost'), style)).to.include({ isGood: null })
    expect(delta(8, 10, measure('calls'), style)).to.include({ text: '-20%', way: 'down', isGood: false })
    expect(delta(10, 10, measure('calls'), style)).to.include({ way: 'same', isGood: null })
  })
  it('of shares change by points', () => {
    expect(delta(0.5, 0.45, measure('conversion'), style)).to.include({ text: '+5', isPoints: true })
  })
  it('say "new" where there was nothing, and nothing where nothing can be said', () => {
    expect(delta(3, 0, measure('calls'), style)).to.include({ text: null, way: 'up', isGood: true })
    expect(delta(0, 0, measure('calls'), style)).to.include({ way: 'same' })
    expect(delta(3, null, measure('cpl'), style)).to.equal(null)
  })
})

describe('links from figures to calls', () => {
  const place: Place = {
    days: { from: '2026-11-01', to: '2026-11-10' },
    siteId: 's',
    filters: { model: 'linear', inquiryChannel: 'paid', source: '' }
  }
  it('carry days, site, model and path; a value not given too', () => {
    const link = new URL(callsLink('target', place) ?? '', 'http://x')
    expect(link.pathname).to.equal('/journal')
    expect(Object.fromEntries(link.searchParams)).to.deep.equal({
      from: '2026-11-01',
      to: '2026-11-10',
      siteId: 's',
      isCounted: 'true',
      isTarget: 'true',
      model: 'linear',
      inquiryChannel: 'paid',
      source: ''
    })
  })
  it('are there for every count of calls and for nothing else', () => {
    const linked = measureNames.filter((name) => callsLink(name, place) !== null)
    expect(linked).to.deep.equal([
      'calls',
      'firstCalls',
      'uniqueCalls',
      'repeatCalls',
      'answered',
      'missed',
      'returned',
      'target'
    ])
  })
})

describe('the tree of sources', () => {
  const values = (calls: number, cost: number | null = null): Measures =>
    Object.assign(Object.fromEntries(measureNames.map((name) => [name, 0])), { calls, cost }) as Measures
  const row = (key: string, calls = 1, cost: number | null = null): ReportRow => ({
    key,
    name: null,
    values: values(calls, cost),
    before: null
  })
  const levels = levelsOf('source')
  const asIs = (rows: readonly ReportRow[]) => rows

  it('names branches so that any text survives an address', () => {
    for (const path of [[''], ['a', ''], ['', 'b'], ['a/b', '%', 'тест & co', '100%']])
      expect(pathOf(pathId(path))).to.deep.equal(path)
    expect(pathOf('/%')).to.equal(null)
    expect(pathOf('yandex')).to.equal(null)
  })
  it('asks by the names of the levels', () => {
    expect(pathQuery(levels, ['yandex', ''])).to.deep.equal({ source: 'yandex', medium: '' })
  })
  it('shows what lies below opened branches, and what became of asking for it', () => {
    const branches = new Map<string, Branch>([
      [pathId(['a']), { rows: [row('cpc')], isFailed: false }],
      [pathId(['a', 'cpc']), { rows: [], isFailed: false }],
      [pathId(['b']), { rows: null, isFailed: true }],
      [pathId(['c']), { rows: null, isFailed: false }],
      [pathId(['gone']), { rows: [row('x')], isFailed: false }]
    ])
    const lines = linesOf(levels, [row('a'), row('b'), row('c'), row('')], branches, asIs)
    expect(lines.map(({ kind, depth, id }) => `${depth} ${kind} ${id}`)).to.deep.equal([
      '0 row /a',
      '1 row /a/cpc',
      '2 none /a/cpc',
      '0 row /b',
      '1 failed /b',
      '0 row /c',
      '1 waiting /c',
      '0 row /'
    ])
  })
  it('ends with the keyword', () => {
    const branches = new Map<string, Branch>([
      ['/a', { rows: [row('b')], isFailed: false }],
      ['/a/b', { rows: [row('c')], isFailed: false }],
      ['/a/b/c', { rows: [row('d')], isFailed: false }],
      ['/a/b/c/d', { rows: [row('e')], isFailed: false }]
    ])
    const lines = linesOf(levels, [row('a')], branches, asIs)
    expect(lines.map((line) => line.kind === 'row' && line.isLeaf)).to.deep.equal([false, false, false, true])
  })
  it('is sorted by a measure with what has none at the end, either way, and by name', () => {
    const rows = [row('b', 1, 5), row('a', 3), row('c', 2, 9)]
    const order = (sort: string) => sorted(rows, sort, ({ key }) => key, 'en').map(({ key }) => key)
    expect(order('-calls')).to.deep.equal(['a', 'c', 'b'])
    expect(order('-cost')).to.deep.equal(['c', 'b', 'a'])
    expect(order('cost')).to.deep.equal(['b', 'c', 'a'])
    expect(order('name')).to.deep.equal(['a', 'b', 'c'])
    expect(order('-name')).to.deep.equal(['c', 'b', 'a'])
  })
})
