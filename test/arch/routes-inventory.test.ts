import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { access, type RouteKey } from '../../api/access.ts'
import { guardedRoutes } from '../../api/auth/guarded.ts'
import { scopeOf } from '../../api/scopes.ts'
import { textOf } from './tree.ts'

const folder = import.meta.dirname
const inventory = 'routes-inventory.txt'

/** Every door of the web part as it is, one line each: what it is, who may, what a token needs, whether the password is asked again. */
function doors(): string[] {
  const routes = (Object.keys(access) as RouteKey[]).map((route) => {
    const rule = access[route]
    const who = typeof rule === 'string' ? rule : rule.map((role) => role[0]).join('')
    const scope = rule === 'public' ? '-' : scopeOf(route)
    return `${route} | ${who} | ${scope} | ${guardedRoutes.includes(route) ? 'password' : '-'}`
  })
  return [...routes, ...eventsOf('ServerEvents', 'out'), ...eventsOf('ClientEvents', 'in')].toSorted()
}

/** The events of the live feed, from the types that both sides are compiled against. */
function eventsOf(name: string, way: 'in' | 'out'): string[] {
  const file = 'api/contract/live.ts'
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true)
  const found = source.statements.find(
    (each): each is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(each) && each.name.text === name
  )
  return (found?.members ?? []).map((member) => `SOCKET ${way} ${member.name?.getText() ?? ''}`)
}

describe('The inventory of routes and events', () => {
  const listed = readFileSync(path.join(folder, inventory), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  it('names every door, and what opens it', () => {
    const now = doors()
    expect(now.length).to.be.greaterThan(300)
    const [missing, gone] = [
      now.filter((line) => !listed.includes(line)),
      listed.filter((line) => !now.includes(line))
    ]
    const advice = `judge these lines, then write them into test/arch/${inventory}:\n${missing.join('\n')}\nand take these out:\n${gone.join('\n')}`
    expect([missing, gone], advice).to.deep.equal([[], []])
  })

  it('opens nothing to everybody that is not known to be harmless', () => {
    const open = listed
      .filter((line) => line.includes(' | public | '))
      .map((line) => line.split(' | ')[0] ?? '')
    const ways =
      /^(GET|POST) (\/t(-widget|-debug)?\.js|\/u\/:token|\/api\/(track|hooks|auth|shared-recordings|tv|demo|health|docs|openapi\.json|check-pages)\b.*)$/
    expect(open.filter((route) => !ways.test(route))).to.deep.equal([])
  })
})
