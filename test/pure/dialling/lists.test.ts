import { expect } from 'chai'
import { parseCsv, readEntries } from '../../../dialling/core/entries.ts'
import { clientTimeZone, politeHours } from '../../../dialling/core/region-time.ts'
import { isOpen, nextInAll, usualHours } from '../../../dialling/policy/hours.ts'

describe('Entries of a dialling list', () => {
  const phones = (text: string) => parseCsv(text, 'RU').entries.map(({ phone }) => phone)

  it('are read with comma, semicolon or tab, with headings or without', () => {
    const wanted = ['+79161112233', '+74951234567']
    expect(phones('89161112233,Ivan\n8 495 123-45-67,Petr')).to.deep.equal(wanted)
    expect(phones('телефон;имя\r\n89161112233;Иван\r\n+74951234567;Пётр\r\n')).to.deep.equal(wanted)
    expect(phones('\uFEFFname\tphone\nIvan\t89161112233\n\nPetr\t84951234567')).to.deep.equal(wanted)
  })
  it('keep quoted names, with quotes, separators and line breaks in them', () => {
    const { entries } = parseCsv('phone,name,note\n89161112233,"OOO ""Rog, i\nKopyta""",VIP', 'RU')
    expect(entries).to.deep.equal([{ phone: '+79161112233', name: 'OOO "Rog, i\nKopyta"', note: 'VIP' }])
    const noted = parseCsv('phone;name;comment\n89161112233;Ivan;call after six', 'RU').entries[0]
    expect(noted).to.include({ name: 'Ivan', note: 'call after six' })
  })
  it('are refused as a whole, naming each line at fault as it stands in the file', () => {
    const { entries, problems } = parseCsv(
      'phone,name\n89161112233,"two\nlines"\nnobody,X\n\n+79161112233,Again\n,Empty',
      'RU'
    )
    expect(entries).to.deep.equal([])
    expect(problems.map(({ line }) => line)).to.deep.equal([4, 6, 7])
    expect(problems.map(({ message }) => message).join()).to.include('not a telephone number')
    expect(problems[1]?.message).to.include('line 2')
  })
  it('never end in silence: an open quote and an empty file are faults', () => {
    expect(parseCsv('89161112233,"Ivan\n89161112244,Petr', 'RU').problems[0]?.line).to.equal(1)
    expect(parseCsv('phone,name\n', 'RU').problems).to.have.length(1)
    expect(readEntries([], 'RU').problems).to.have.length(1)
  })
  it('limit names and notes', () => {
    const long = readEntries([{ line: 7, phone: '89161112233', name: 'x'.repeat(201) }], 'RU')
    expect(long.problems).to.deep.equal([{ line: 7, message: 'the name is longer than 200 characters' }])
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
