import { expect } from 'chai'
import {
  base32,
  codeAt,
  newRecoveryCodes,
  plainRecoveryCode,
  stepOfCode,
  totpUri
} from '../../api/auth/totp.ts'

/** RFC 6238, appendix B, SHA-1; its eight digits end in our six. */
const secret = base32(Buffer.from('12345678901234567890'))
const vectors: [number, string][] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130']
]

describe('codes of the second factor', () => {
  it('write secrets as RFC 4648 does', () => {
    const known: [string, string][] = [
      ['', ''],
      ['f', 'MY'],
      ['fo', 'MZXQ'],
      ['foobar', 'MZXW6YTBOI']
    ]
    for (const [plain, written] of known) expect(base32(Buffer.from(plain))).to.equal(written)
  })

  for (const [seconds, code] of vectors)
    it(`are those of RFC 6238 at ${seconds} s`, () => {
      expect(codeAt(secret, Math.floor(seconds / 30))).to.equal(code.slice(2))
      expect(stepOfCode(secret, code.slice(2), seconds * 1000, null)).to.equal(Math.floor(seconds / 30))
    })

  it('are taken a step early or late, typed with a blank, and never twice', () => {
    const nowMs = 1_111_111_111_000
    const step = Math.floor(nowMs / 30_000)
    for (const drift of [-1, 0, 1])
      expect(stepOfCode(secret, codeAt(secret, step + drift), nowMs, null)).to.equal(step + drift)
    for (const drift of [-2, 2])
      expect(stepOfCode(secret, codeAt(secret, step + drift), nowMs, null)).to.equal(null)
    expect(stepOfCode(secret, '050 471', nowMs, null)).to.equal(step)
    expect(stepOfCode(secret, '050471', nowMs, step)).to.equal(null)
    expect(stepOfCode(secret, codeAt(secret, step - 1), nowMs, step)).to.equal(null)
    for (const wrong of ['', '12345', 'abcdef', '1234567'])
      expect(stepOfCode(secret, wrong, nowMs, null)).to.equal(null)
  })

  it('go into the app by a picture', () => {
    expect(totpUri('ABC', 'anna k', 'Ringtrace')).to.equal(
      'otpauth://totp/Ringtrace:anna%20k?secret=ABC&issuer=Ringtrace'
    )
  })

  it('have recovery codes that differ and are read as they are typed', () => {
    const codes = newRecoveryCodes()
    expect(new Set(codes).size).to.equal(10)
    for (const code of codes) {
      expect(code).to.match(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
      expect(plainRecoveryCode(` ${code.toUpperCase().replaceAll('-', ' ')}`)).to.equal(
        code.replaceAll('-', '')
      )
    }
  })
})
