import { expect } from 'chai'
import { readEntries, readRows } from '../../../dialling/core/entries.ts'
import { clientTimeZone, politeHours } from '../../../dialling/core/region-time.ts'
import { isOpen, nextInAll, usualHours } from '../../../dialling/policy/hours.ts'

describe('Entries of a dialling list', () => {
  const rows = (...lines: string[][]) => lines.map((cells, index) => ({ line: index + 1, cells }))
  const read = (...lines: string[][]) => readRows(rows(...lines), 'RU')

  it('are read with headings in any order, or without', () => {
    const wanted = ['+79161112233', '+74951234567']
    const phones = (...lines: string[][]) => read(...lines).entries.map(({ phone }) => phone)
    expect(phones(['89161112233', 'Ivan'], ['8 495 123-45-67', 'Petr'])).to.deep.equal(wanted)
    expect(phones(['Телефон', 'Имя'], ['89161112233', 'Иван'], ['+74951234567'])).to.deep.equal(wanted)
    expect(phones(['name', 'phone'], ['Ivan', '89161112233'], ['Petr', '84951234567'])).to.deep.equal(wanted)
    const noted = read(['phone', 'name', 'comment'], ['89161112233', 'Ivan', 'call after six']).entries[0]
    expect(noted).to.include({ name: 'Ivan', note: 'call after six' })
  })
  it('are refused as a whole, naming each line at fault', () => {
    const { entries, problems } = read(
      ...[
        ['phone', 'name'],
        ['89161112233', 'two\nlines'],
        ['nobody', 'X']
      ],
      ...[
        ['+79161112233', 'Again'],
        ['', 'Empty']
      ]
    )
    expect(entries).to.deep.equal([])
    expect(problems.map(({ line }) => line)).to.deep.equal([3, 4, 5])
    expect(problems.map(({ message }) => message).join()).to.include('not a telephone number')
    expect(problems[1]?.message).to.include('line 2')
  })
  it('never end in silence: an empty file is a fault', () => {
    expect(read(['phone', 'name']).problems).to.have.length(1)
    expect(readRows([], 'RU').problems).to.have.length(1)
    expect(readEntries([], 'RU').problems).to.have.length(1)
  })
  it('limit names and notes', () => {
    const long = readEntries([{ line: 7, phone: '89161112233', name: 'x'.repeat(201) }], 'RU')
    expect(long.problems).to.deep.equal([
      { line: 7, code: 'tooLong', message: 'the name is longer than 200 characters' }
    ])
  })
})

describe('The hour where the client lives', () => {
  it('follows the number’s region, and is unknown for mobiles', () => {
    expect(clientTimeZone('+73832123456')).to.equal('Asia/Novosibirsk')
    expect(clientTimeZone('+74232123456')).to.equal('Asia/Vladivostok')
    expect(clientTimeZone('+74951234567')).to.equal('Europe/Moscow')
    expect(clientTimeZone('+79161112233')).to.equal(null)
    expect(clientTimeZone('+77272123456')).to.equal('Asia/Almaty')
    expect(clientTimeZone('+12125550123')).to.equal(null)
  })
  it('is polite from nine to eight in the evening there, by the company’s clock where it is unknown', () => {
    const vladivostok = politeHours('+74232123456', 'Europe/Moscow')
    // Noon in Moscow is seven in the evening there; two hours later is too late.
    expect(isOpen(vladivostok, Date.parse('2026-11-20T09:00:00Z'))).to.equal(true)
    expect(isOpen(vladivostok, Date.parse('2026-11-20T11:00:00Z'))).to.equal(false)
    const mobile = politeHours('+79161112233', 'Europe/Moscow')
    expect(isOpen(mobile, Date.parse('2026-11-20T11:00:00Z'))).to.equal(true)
    expect(isOpen(mobile, Date.parse('2026-11-20T17:00:00Z'))).to.equal(false)
  })
  it('meets the company’s hours at the first moment that suits both', () => {
    const evening = Date.parse('2026-11-20T12:00:00Z')
    const next = nextInAll([politeHours('+74232123456', 'Europe/Moscow'), usualHours], evening)
    // Monday nine in Moscow, four in the afternoon in Vladivostok.
    expect(new Date(next).toISOString()).to.equal('2026-11-23T06:00:00.000Z')
  })
  it('looks again in a week where hours never meet', () => {
    const never = { ...usualHours, hours: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] } }
    expect(nextInAll([never], 0)).to.equal(7 * 86_400_000)
  })
})
