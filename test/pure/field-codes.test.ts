import { expect } from 'chai'
import { z } from 'zod'
import { transferTarget } from '../../api/contract/call-wishes.ts'
import { e164, userCreate } from '../../api/contract/config.ts'
import { trunkCreate } from '../../api/contract/trunks.ts'
import { codeOfIssue, codeOfSentence, type FieldCode } from '../../api/field-codes.ts'
import { dialPolicySettings } from '../../dialling/policy/settings.ts'
import { hoursFields } from '../../ivr/blocks/schedule.ts'

/** The codes of all that a schema finds. */
const codesOf = (schema: z.ZodType, value: unknown): FieldCode[] =>
  schema.safeParse(value).error?.issues.map(codeOfIssue) ?? []

describe('codes of what is wrong with a field', () => {
  it('stand for what our own checks say', () => {
    const hours = z.object(hoursFields)
    const said: readonly (readonly [FieldCode, z.ZodType, unknown])[] = [
      ['e164', e164, '8 495'],
      ['time', hours.shape.hours.unwrap().shape.mon, [['9', '18:00']]],
      ['date', hours.shape.holidays, ['1 May']],
      ['timeZone', hours.shape.timeZone, 'Europe/Atlantis'],
      ['country', dialPolicySettings.shape.countries, ['Russia']],
      ['prefix', dialPolicySettings.shape.blockedPrefixes, ['8']],
      ['login', userCreate.shape.login, 'Вера'],
      ['host', trunkCreate.shape.host, 'no such host'],
      ['phone', transferTarget, { kind: 'external', number: 'twelve' }]
    ]
    for (const [code, schema, value] of said) expect(codesOf(schema, value), code).to.include(code)
  })

  it('stand for what any schema says', () => {
    const schema = z.object({
      ...{ missing: z.string(), empty: z.string().min(1), none: z.array(z.string()).min(1) },
      ...{ short: z.string().min(8), long: z.string().max(2), page: z.url(), day: z.iso.date() },
      ...{ small: z.number().min(1), kind: z.enum(['a']), nothing: z.string() }
    })
    const given = { empty: '', none: [], short: 'a', long: 'long', page: 'x', day: 'x', small: 0, kind: 'b' }
    const found = schema.safeParse({ ...given, nothing: null }).error?.issues ?? []
    expect(Object.fromEntries(found.map((issue) => [issue.path[0], codeOfIssue(issue)]))).to.deep.equal({
      ...{ missing: 'required', empty: 'required', none: 'required', nothing: 'required' },
      ...{ short: 'tooShort', long: 'tooLong', page: 'url', day: 'date', small: 'invalid', kind: 'invalid' }
    })
  })

  it('are `invalid` for a sentence without one of its own', () => {
    expect(codeOfSentence('does not exist')).to.equal('reference')
    expect(codeOfSentence('is not a pause reason in use')).to.equal('invalid')
    expect(codeOfSentence('constructor')).to.equal('invalid')
  })
})
