import { expect } from 'chai'
import { formatNational, normalise } from '../../../tracking/phones.ts'
import { regionOf, regions } from '../../../tracking/regions.ts'

describe('Telephone numbers', () => {
  const readable: [raw: string, country: string, e164: string, in_: string, region: string | null][] = [
    ['+74951234567', 'RU', '+74951234567', 'RU', 'Москва'],
    ['84951234567', 'RU', '+74951234567', 'RU', 'Москва'],
    ['74951234567', 'RU', '+74951234567', 'RU', 'Москва'],
    ['4951234567', 'RU', '+74951234567', 'RU', 'Москва'],
    ['8 (495) 123-45-67', 'RU', '+74951234567', 'RU', 'Москва'],
    ['+7 812 320.11.22', 'RU', '+78123201122', 'RU', 'Санкт-Петербург'],
    ['sip:+78432001122@carrier.example;user=phone', 'RU', '+78432001122', 'RU', 'Татарстан'],
    ['"Anna" <sip:89161234567@10.0.0.1>', 'RU', '+79161234567', 'RU', 'Мобильный'],
    ['tel:+7-800-555-35-35', 'RU', '+78005553535', 'RU', 'Бесплатный вызов'],
    ['9161234567', 'RU', '+79161234567', 'RU', 'Мобильный'],
    ['+77012345678', 'RU', '+77012345678', 'KZ', null],
    ['87012345678', 'KZ', '+77012345678', 'KZ', null],
    ['380442345678', 'RU', '+380442345678', 'UA', null],
    ['81049301234567', 'RU', '+49301234567', 'DE', null],
    ['030 1234567', 'DE', '+49301234567', 'DE', null],
    ['(212) 555-2368', 'US', '+12125552368', 'US', null],
    ['02079460018', 'GB', '+442079460018', 'GB', null]
  ]
  for (const [raw, country, e164, home, region] of readable) {
    it(`reads ${raw} heard in ${country} as ${e164}`, () => {
      expect(normalise(raw, country)).to.deep.equal({ e164, country: home, region })
    })
  }

  const notNumbers = [
    '',
    'anonymous',
    'sip:anonymous@anonymous.invalid',
    'Restricted',
    'unknown',
    'MTS-Bank',
    '101',
    '0',
    '+',
    '+7495123456789',
    '84951234567ext12',
    "4951234567'; drop table calls",
    '4'.repeat(60),
    '\u0000+74951234567'
  ]
  for (const raw of notNumbers) {
    it(`takes ${JSON.stringify(raw.slice(0, 30))} for no telephone number`, () => {
      expect(normalise(raw, 'RU')).to.equal(null)
    })
  }

  it('reads its own writing back', () => {
    for (const e164 of ['+74951234567', '+79161234567', '+49301234567', '+77012345678']) {
      expect(normalise(e164, 'RU')?.e164).to.equal(e164)
    }
  })

  it('writes numbers as people of their country do', () => {
    expect(formatNational('+74951234567')).to.equal('8 (495) 123-45-67')
    expect(formatNational('+12125552368')).to.equal('(212) 555-2368')
    expect(formatNational('anonymous')).to.equal('anonymous')
  })

  it('names regions in the language asked for', () => {
    expect(normalise('+78123201122', 'RU', 'en')?.region).to.equal('Saint Petersburg')
    expect(normalise('+79161234567', 'RU', 'en')?.region).to.equal('Mobile')
  })
})

describe('Regions of Russia', () => {
  it('are all in the plan, each once, in both languages', () => {
    expect(regions).to.have.length(85)
    for (const { id, ru, en } of regions) {
      expect(id, ru).to.match(/^[A-Z]{2,3}$/)
      expect(ru).to.match(/^[А-Яа-яЁё —-]+$/)
      expect(en).to.match(/^[A-Za-z -]+$/)
    }
    expect(new Set(regions.map(({ ru }) => ru)).size).to.equal(85)
  })

  it('follow the longest code where one area holds two', () => {
    expect(regionOf('+78182123456')?.en).to.equal('Arkhangelsk Oblast')
    expect(regionOf('+78185312345')?.en).to.equal('Nenets Autonomous Okrug')
  })

  it('are unknown for unassigned codes and other countries', () => {
    for (const e164 of ['+74001234567', '+77012345678', '+49301234567', 'anonymous']) {
      expect(regionOf(e164), e164).to.equal(null)
    }
  })
})
