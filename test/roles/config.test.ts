import { expect } from 'chai'
import { readConfig } from '../../config.ts'
import { textOf } from '../arch/tree.ts'

const database = { DATABASE_URL: 'postgres://ringtrace@127.0.0.1/ringtrace' }

describe('Roles of a process', () => {
  it('are all of them when nothing is said, with an Asterisk of its own', () => {
    const config = readConfig({})
    expect(config.roles).to.equal(null)
    expect(config.keepsAsterisk).to.equal(true)
    expect(readConfig({ ROLES: 'all' }).roles).to.equal(null)
  })

  it('are some of them, in any order and with spaces', () => {
    const { roles } = readConfig({ ...database, ROLES: 'worker, api' })
    expect(roles && [...roles].toSorted()).to.deep.equal(['api', 'worker'])
  })

  it('say who keeps Asterisk', () => {
    const keeps = (ROLES: string, more = {}): boolean =>
      readConfig({ ...database, ROLES, ...more }).keepsAsterisk
    expect(keeps('pbx')).to.equal(true)
    expect(keeps('pbx', { ASTERISK: 'external' })).to.equal(false)
    expect(keeps('api,worker')).to.equal(false)
    expect(keeps('asterisk')).to.equal(true)
  })

  const refused: [why: string, given: Record<string, string>, variable: string][] = [
    ['a role that there is not', { ...database, ROLES: 'api,phones' }, 'ROLES'],
    ['all beside others', { ...database, ROLES: 'all,api' }, 'ROLES'],
    ['several processes without a database for them', { ROLES: 'api' }, 'ROLES'],
    ['a demo in one of several processes', { ...database, ROLES: 'api', DEMO: '1' }, 'DEMO'],
    ['an Asterisk of another process where one does all', { ASTERISK: 'external' }, 'ASTERISK'],
    [
      'an Asterisk of another process kept here',
      { ...database, ROLES: 'asterisk', ASTERISK: 'external' },
      'ASTERISK'
    ],
    ['a door that is no port', { DOOR_PORT: 'any' }, 'DOOR_PORT']
  ]
  for (const [why, given, variable] of refused) {
    it(`are not ${why}`, () => {
      expect(() => readConfig(given)).to.throw(variable)
    })
  }
})

describe('The containers of several processes', () => {
  const [, text = ''] = /^services:\n([^]*?)^volumes:/m.exec(textOf('docker-compose.scale.yml')) ?? []
  const services = new Map(
    [...text.matchAll(/^ {2}([a-z][a-z0-9-]*):\n((?: {3,}.*\n|\n)*)/gm)].map(
      ([, name = '', body = '']) => [name, body] as const
    )
  )
  const of = (name: string, key: string): string | undefined =>
    new RegExp(`^ +${key}: '?([^'\n]+)'?$`, 'm').exec(services.get(name) ?? '')?.[1]

  it('are two web ports, two controllers over an Asterisk that neither keeps, a worker and a database', () => {
    const roles = [...services.keys()].map((name) => of(name, 'ROLES')).filter((each) => each !== undefined)
    expect(roles.toSorted()).to.deep.equal(['api', 'api', 'asterisk', 'pbx', 'worker'])
    expect(services.get('controller-2')).to.include('environment: *controller')
    expect(services.get('database')).to.include('image: postgres')
  })

  it('start with what they are given', () => {
    for (const [name, body] of services) {
      const given = Object.fromEntries(
        ['ROLES', 'ASTERISK', 'HTTP_PORT', 'HTTP_HOST'].flatMap((key) => {
          const value = of(name, key)
          return value === undefined ? [] : [[key, value]]
        })
      )
      if (given['ROLES'] === undefined) continue
      expect(body, `${name} has the common settings`).to.include('<<: *environment')
      expect(() => readConfig({ ...database, DEMO: '0', ...given }), name).to.not.throw()
    }
    expect(of('web-1', 'HTTP_PORT')).to.not.equal(of('web-2', 'HTTP_PORT'))
  })

  it('are asked for their health only where there is a web port', () => {
    for (const name of ['asterisk', 'controller-1', 'controller-2', 'worker'])
      expect(services.get(name), name).to.match(/healthcheck:\n +disable: true/)
    for (const name of ['web-1', 'web-2']) expect(services.get(name), name).to.not.include('disable')
  })
})
