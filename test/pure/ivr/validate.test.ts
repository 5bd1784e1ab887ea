import { expect } from 'chai'
import { schemeBody } from '../../../api/contract/config.ts'
import type { Scheme, SchemeBlock } from '../../../ivr/scheme.ts'
import { officesScheme } from '../../../ivr/templates-sites.ts'
import { afterHoursScheme, campaignScheme, shopQueueScheme } from '../../../ivr/templates-waiting.ts'
import { clinicScheme, shopScheme, simpleScheme } from '../../../ivr/templates.ts'
import { validateScheme, type KnownThings } from '../../../ivr/validate.ts'

const greet = (next: string | null): SchemeBlock => ({ type: 'greeting', settings: {}, exits: { next } })
const ring = (noAnswer: string | null, settings: Record<string, unknown> = {}): SchemeBlock => ({
  type: 'ring',
  settings: { groupId: 'sales', ...settings },
  exits: { talked: null, noAnswer }
})
const hours = (open: string | null, closed: string | null): SchemeBlock => ({
  type: 'schedule',
  settings: {},
  exits: { open, closed }
})
const end: SchemeBlock = { type: 'hangup', settings: {}, exits: {} }

/** A scheme of these blocks that starts at the first. */
function schemeOf(blocks: Record<string, SchemeBlock>): Scheme {
  return { locale: 'ru', start: Object.keys(blocks)[0] ?? 'nowhere', blocks }
}

/** Problems in short: `severity block code path`. */
function found(scheme: Scheme, known?: KnownThings): string[] {
  return validateScheme(scheme, known).map(({ severity, block, code, path }) =>
    [severity, block ?? '-', code, path ?? '-'].join(' ')
  )
}

const rows: { name: string; blocks: Record<string, SchemeBlock>; known?: KnownThings; problems: string[] }[] =
  [
    {
      name: 'finds nothing wrong with a greeting and an end',
      blocks: { hello: greet('bye'), bye: end },
      problems: []
    },
    { name: 'misses the start', blocks: {}, problems: ['error - startMissing -'] },
    {
      name: 'names a type that does not exist',
      blocks: { a: { type: 'constructor', settings: {}, exits: {} } },
      problems: ['error a blockTypeUnknown -']
    },
    {
      name: 'names every bad setting by its path',
      blocks: {
        a: {
          type: 'ring',
          settings: { ringSeconds: 1, rounds: 'two' },
          exits: { talked: null, noAnswer: null }
        },
        b: { type: 'menu', settings: { options: [{ digit: 'x' }], prompt: [] }, exits: {} }
      },
      problems: [
        'error a settingsInvalid groupId',
        'error a settingsInvalid ringSeconds',
        'error a settingsInvalid rounds',
        'error b settingsInvalid prompt',
        'error b settingsInvalid options.0.digit',
        'warning b blockUnreachable -'
      ]
    },
    {
      name: 'refuses two options on one key',
      blocks: { a: { type: 'menu', settings: { options: [{ digit: '1' }, { digit: '1' }] }, exits: {} } },
      problems: ['error a settingsInvalid options']
    },
    {
      name: 'refuses hours that no clock shows and zones on no map',
      blocks: {
        a: {
          type: 'schedule',
          settings: {
            timeZone: 'Moon/Crater',
            hours: {
              mon: [
                ['9:00', '18:00'],
                ['10:00', '10:00']
              ]
            },
            holidays: ['2026-02-30']
          },
          exits: {}
        }
      },
      problems: [
        'error a settingsInvalid timeZone',
        'error a settingsInvalid hours.mon.0.0',
        'error a settingsInvalid hours.mon.1',
        'error a settingsInvalid holidays.0'
      ]
    },
    {
      name: 'refuses sounds that reach for other files',
      blocks: {
        a: {
          type: 'greeting',
          settings: { sounds: [{ sound: '../../etc/passwd' }, { sound: '/etc/passwd' }, { tone: 'ring' }] },
          exits: {}
        }
      },
      problems: [
        'error a settingsInvalid sounds.0.sound',
        'error a settingsInvalid sounds.1.sound',
        'error a settingsInvalid sounds.2.sound'
      ]
    },
    {
      name: 'points out a setting that nothing reads',
      blocks: { a: ring('b', { ringSecond: 30 }), b: end },
      problems: ['warning a settingUnknown ringSecond']
    },
    {
      name: 'knows which groups there are',
      blocks: { a: ring('b'), b: end },
      known: { groupIds: new Set(['service']) },
      problems: ['error a groupUnknown groupId']
    },
    {
      name: 'knows which sounds there are',
      blocks: {
        a: {
          type: 'greeting',
          settings: { sounds: [{ sound: 'ringtrace/nonsense' }, { sound: 'custom/ours' }] },
          exits: { next: 'b' }
        },
        b: {
          type: 'greeting',
          settings: { sounds: [{ sound: 'custom/gone' }, { sound: 'ringtrace/welcome' }] },
          exits: {}
        }
      },
      known: { sounds: new Set(['custom/ours']) },
      problems: ['error a soundUnknown sounds', 'error b soundUnknown sounds']
    },
    {
      name: 'finds exits to nowhere and exits that the block does not have',
      blocks: { a: { type: 'greeting', settings: {}, exits: { next: 'gone', talked: null } } },
      problems: ['error a exitTargetMissing next', 'warning a exitUnknown talked']
    },
    {
      name: 'warns where a call is cut off: no fallback, a key, silence or closed hours that lead nowhere',
      blocks: {
        a: hours('b', null),
        b: {
          type: 'menu',
          settings: { options: [{ digit: '1' }, { digit: '2' }] },
          exits: { 1: 'c', noInput: 'c', wrongInput: 'c' }
        },
        c: ring(null)
      },
      problems: ['warning a exitOpen closed', 'warning b exitOpen 2', 'warning c fallbackMissing noAnswer']
    },
    {
      name: 'warns of a block that no call gets to',
      blocks: { a: end, b: greet('a') },
      problems: ['warning b blockUnreachable -']
    },
    {
      name: 'refuses a circle that never waits, and blames only the blocks on it',
      blocks: { a: hours('b', 'z'), b: hours('c', 'z'), c: ring('b'), z: end },
      problems: ['error b loopWithoutWait -', 'error c loopWithoutWait -']
    },
    {
      name: 'refuses a ring that leads to itself: with nobody there it would spin',
      blocks: { a: ring('a') },
      problems: ['error a loopWithoutWait -']
    },
    {
      name: 'allows a circle in which the caller hears something',
      blocks: { a: ring('b'), b: greet('a') },
      problems: []
    },
    {
      name: 'knows which groups, trunks and published schemes there are, wherever they are named',
      blocks: {
        a: ring('b', { furtherGroupIds: ['sales', 'gone'], externalNumber: '112', externalTrunkId: 'lost' }),
        b: { type: 'goto', settings: { schemeId: 'nowhere' }, exits: { missing: 'c' } },
        c: { type: 'voicemail', settings: { taskGroupId: 'gone' }, exits: {} }
      },
      known: { groupIds: new Set(['sales']), trunkIds: new Set(['ours']), schemeIds: new Set(['other']) },
      problems: [
        'error a groupUnknown furtherGroupIds',
        'error a trunkUnknown externalTrunkId',
        'error b schemeUnknown schemeId',
        'error c groupUnknown taskGroupId'
      ]
    },
    {
      name: 'wants a way on when an outside system or number fails',
      blocks: {
        a: {
          type: 'lookup',
          settings: { url: 'https://crm.example.com/', codes: ['vip'] },
          exits: { next: 'b', failed: null, noAnswer: 'b', 'code:vip': null }
        },
        b: { type: 'external', settings: { number: '+74951234567' }, exits: { busy: 'c' } },
        c: { type: 'queue', settings: { groupId: 'sales', callbackKey: '1' }, exits: {} }
      },
      problems: [
        'error a fallbackMissing failed',
        'warning a exitOpen code:vip',
        'warning b fallbackMissing noAnswer',
        'warning b fallbackMissing refused',
        'warning c fallbackMissing timeout',
        'warning c fallbackMissing full'
      ]
    },
    {
      name: 'warns where a call is cut off without having waited for anything',
      blocks: {
        a: { type: 'tag', settings: { add: ['vip'] }, exits: { next: 'b' } },
        b: {
          type: 'condition',
          settings: { rules: [{ name: 'new', conditions: [{ fact: 'client', is: 'new' }] }] },
          exits: { new: 'c' }
        },
        c: { type: 'recording', settings: { on: true }, exits: {} }
      },
      problems: ['warning b exitOpen otherwise', 'warning c exitOpen next']
    },
    {
      name: 'refuses circles of conditions, tags, failed lookups and outside numbers that turn the call down',
      blocks: {
        a: {
          type: 'condition',
          settings: { rules: [{ name: 'new', conditions: [{ fact: 'client', is: 'new' }] }] },
          exits: { new: 'b', otherwise: 'c' }
        },
        b: { type: 'tag', settings: { add: ['vip'] }, exits: { next: 'a' } },
        c: {
          type: 'lookup',
          settings: { url: 'http://127.0.0.1/' },
          exits: { next: 'e', failed: 'c', noAnswer: 'e' }
        },
        e: {
          type: 'external',
          settings: { number: '112' },
          exits: { busy: 'e', noAnswer: 'z', refused: 'z' }
        },
        z: end
      },
      problems: ['a', 'b', 'c', 'e'].map((id) => `error ${id} loopWithoutWait -`)
    },
    {
      name: 'allows a caller to wait in the same queue again',
      blocks: {
        a: { type: 'queue', settings: { groupId: 'sales' }, exits: { timeout: 'a', full: 'z' } },
        z: end
      },
      problems: []
    },
    {
      name: 'refuses addresses, names, numbers and keys that could not work',
      blocks: {
        a: {
          type: 'lookup',
          settings: { url: 'ftp://example.com', timeoutMs: 60_000, codes: ['a', 'a', 'b c'] },
          exits: {}
        },
        b: { type: 'lookup', settings: { url: 'https://user:secret@example.com' }, exits: {} },
        c: { type: 'external', settings: { number: '8 (495) 123' }, exits: {} },
        d: {
          type: 'queue',
          settings: { groupId: 'sales', callbackKey: '1', keys: [{ digit: '1' }] },
          exits: {}
        },
        e: {
          type: 'condition',
          settings: {
            rules: [
              { name: 'otherwise', conditions: [{ fact: 'client', is: 'new' }] },
              { name: 'x', conditions: [{ fact: 'weather', is: 'fine' }] }
            ]
          },
          exits: {}
        },
        f: {
          type: 'announce',
          settings: { say: [{ text: 'a'.repeat(1001) }, { text: 'two\nlines' }] },
          exits: {}
        },
        g: { type: 'tag', settings: {}, exits: {} },
        h: { type: 'tag', settings: { add: ['a'], remove: ['a'] }, exits: {} },
        i: {
          type: 'ring',
          settings: { groupId: 'a', strategy: 'weighted', weights: { rating: 0, idle: 0, load: 0 } },
          exits: {}
        },
        j: { type: 'goto', settings: {}, exits: {} },
        k: { type: 'queue', settings: { groupId: 'sales', musicClass: '../jazz' }, exits: {} }
      },
      problems: [
        'error a settingsInvalid url',
        'error a settingsInvalid timeoutMs',
        'error a settingsInvalid codes',
        'error a settingsInvalid codes.2',
        'error b settingsInvalid url',
        'error c settingsInvalid number',
        'error d settingsInvalid callbackKey',
        'error e settingsInvalid rules.0.name',
        'error e settingsInvalid rules.1.conditions.0.fact',
        'error f settingsInvalid say.0.text',
        'error f settingsInvalid say.1.text',
        'error g settingsInvalid add',
        'error h settingsInvalid remove',
        'error i settingsInvalid weights',
        'error j settingsInvalid schemeId',
        'error k settingsInvalid musicClass',
        ...'bcdefghijk'.split('').map((id) => `warning ${id} blockUnreachable -`)
      ]
    }
  ]

describe('Checking a scheme before it is published', () => {
  for (const { name, blocks, known, problems } of rows) {
    it(name, () => {
      expect(found(schemeOf(blocks), known)).to.have.members(problems)
    })
  }

  it('finds its way through names that objects inherit', () => {
    expect(found({ locale: 'ru', start: 'constructor', blocks: {} })).to.deep.equal([
      'error - startMissing -'
    ])
    const scheme = schemeOf({ a: greet('toString') })
    expect(found(scheme)).to.deep.equal(['error a exitTargetMissing next'])
  })

  it('says in plain words what a number may be', () => {
    const [problem] = validateScheme(schemeOf({ a: ring('b', { ringSeconds: 1000 }), b: end }))
    expect(problem?.message).to.equal('ringSeconds: must be a whole number of seconds from 5 to 120')
  })

  it('takes a long chain without running out of stack', () => {
    const blocks = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`b${index}`, hours(`b${index + 1}`, 'end')])
    )
    expect(found(schemeOf({ ...blocks, b20000: end, end }))).to.deep.equal([])
  })
})

describe('Scheme templates', () => {
  const groupIds = new Set(['one', 'two'])
  const templates = {
    simple: simpleScheme('one'),
    shop: shopScheme(
      { salesGroupId: 'one', serviceGroupId: 'two' },
      { locale: 'en', timeZone: 'Asia/Yekaterinburg' }
    ),
    clinic: clinicScheme({ appointmentsGroupId: 'one', deskGroupId: 'two' }),
    shopQueue: shopQueueScheme({ salesGroupId: 'one', serviceGroupId: 'two' }),
    afterHours: afterHoursScheme('two', { locale: 'en' }),
    campaign: campaignScheme('one'),
    offices: officesScheme({ firstGroupId: 'one', secondGroupId: 'two' }, { first: 'a', second: 'b' })
  }
  for (const [name, scheme] of Object.entries(templates)) {
    it(`${name} can be published as it is, without a warning`, () => {
      expect(validateScheme(scheme, { groupIds, sounds: new Set() })).to.deep.equal([])
      expect(schemeBody.parse(scheme)).to.deep.equal(scheme)
    })
  }
})
