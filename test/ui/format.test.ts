import { expect } from 'chai'
import { clock, formatPhone } from '../../ui/src/lib/format.ts'

describe('telephone numbers on the screen', () => {
  for (const [number, shown] of [
    ['+74951234567', '8 (495) 123-45-67'],
    ['+79161234567', '8 (916) 123-45-67'],
    ['+77011234567', '+7 701 123-45-67'],
    ['+375291234567', '+375 29 123 45 67'],
    ['+12025550123', '+1 202 555 0123'],
    ['+34911234567', '+34911234567'],
    ['anonymous', 'anonymous'],
    ['<b>+7</b>', '<b>+7</b>']
  ] as const) {
    it(`shows ${number} as ${shown}`, () => {
      expect(formatPhone(number)).to.equal(shown)
    })
  }
  it('shows nothing for a hidden number', () => {
    expect(formatPhone(null)).to.equal('')
  })
})

describe('times on the screen', () => {
  it('reads as a clock', () => {
    expect([0, 7, 65, 3723].map(clock)).to.deep.equal(['0:00', '0:07', '1:05', '1:02:03'])
    expect(clock(null)).to.equal('–')
  })
})
