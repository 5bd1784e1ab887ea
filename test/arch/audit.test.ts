import { expect } from 'chai'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')
const api = join(root, 'api')

/** Routes that change something and write no audit row, with the reason. Whatever only asks stands here as well. */
const exempt: Readonly<Record<string, string>> = {
  'POST /api/auth/links/look': 'asks',
  'POST /api/automation-rules/try': 'asks',
  'POST /u/:token': 'of clients',
  'POST /api/bulk-changes/preview': 'asks',
  'POST /api/client-imports/:id/preview': 'asks',
  'POST /api/cost-imports/preview': 'asks',
  'POST /api/dial-policy/check': 'asks',
  'POST /api/imports/preview': 'asks',
  'POST /api/inquiry-rules/preview': 'asks',
  'POST /api/prompts/preview': 'asks',
  'POST /api/setup/address-check': 'asks',
  'POST /api/sites/:id/explain': 'asks',
  'POST /api/sites/:id/debug-links': 'makes an address that ends by itself',
  'POST /api/sites/:id/check-pages': 'makes a page that ends by itself',
  'DELETE /api/dictations/:id': 'gives up what nobody has taken into use',
  'POST /api/system/update/seen': 'what somebody has read',
  'POST /api/me/notices/read': 'what somebody has read',
  'POST /api/calls/:id/quality': 'measured by the browser',
  'POST /api/calls/:id/play-other': 'goes on in a test call',
  'POST /api/me/second-factor': 'holds only once it is confirmed',
  'POST /api/calls/:id/hold': 'on the tape of the call',
  'POST /api/calls/:id/complete-transfer': 'on the tape of the call',
  'POST /api/calls/:id/cancel-transfer': 'on the tape of the call',
  'POST /api/calls/:id/swap': 'on the tape of the call',
  'POST /api/calls/:id/park': 'on the tape of the call',
  'POST /api/calls/:id/take': 'on the tape of the call',
  'POST /api/calls/:id/stop-watching': 'on the tape of the call',
  'POST /api/connectors/:id/test': 'asks',
  'POST /api/retention/preview': 'asks',
  'POST /api/message-channels/:id/test': 'asks',
  'POST /api/conversations/:id/read': 'what somebody has read',
  'POST /api/hooks/:kind/:token': 'of outside systems',
  'POST /api/hooks/:kind/:token/*path': 'of outside systems',
  'PUT /api/me/presence': 'in the log of presence',
  'POST /api/me/wrap-up/end': 'in the log of presence',
  'POST /api/me/wrap-up/extend': 'in the log of presence',
  'POST /api/track/visits': 'of visitors',
  'POST /api/track/heartbeat': 'of visitors',
  'POST /api/track/events': 'of visitors',
  'POST /api/track/forms': 'of visitors',
  'POST /api/track/callbacks': 'of visitors',
  'POST /api/track/explain': 'asks'
}

interface Module {
  /** Functions of the top level, and those within them, by name. */
  functions: Map<string, ts.Node>
  /** Name here → file and name there. */
  imports: Map<string, { file: string; name: string }>
  endpoints: { route: string; node: ts.Node }[]
}

const modules = new Map<string, Module>()
for (const entry of readdirSync(api, { recursive: true, withFileTypes: true })) {
  if (!entry.name.endsWith('.ts')) continue
  const file = join(entry.parentPath, entry.name)
  modules.set(file, readModule(file))
}

function readModule(file: string): Module {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Module = { functions: new Map(), imports: new Map(), endpoints: [] }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const from = join(dirname(file), node.moduleSpecifier.text)
      const bindings = node.importClause?.namedBindings
      if (bindings && ts.isNamedImports(bindings))
        for (const { name, propertyName } of bindings.elements)
          found.imports.set(name.text, { file: from, name: (propertyName ?? name).text })
    }
    if (ts.isFunctionDeclaration(node) && node.name) found.functions.set(node.name.text, node)
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
      found.functions.set(node.name.text, node.initializer)
    const route = routeOf(node)
    if (route !== null) found.endpoints.push({ route, node })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function routeOf(node: ts.Node): string | null {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'endpoint') return null
  const [given] = node.arguments
  if (!given || !ts.isObjectLiteralExpression(given)) return null
  for (const property of given.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === 'route')
      return ts.isStringLiteralLike(property.initializer) ? property.initializer.text : null
  return null
}

/** Whether a piece of code writes an audit row, itself or by a function that it names. */
function audits(file: string, node: ts.Node, seen = new Set<ts.Node>()): boolean {
  if (seen.has(node)) return false
  seen.add(node)
  const module = modules.get(file)
  if (!module) return false
  const { functions, imports } = module
  let isFound = false
  const visit = (each: ts.Node): void => {
    if (isFound) return
    if (ts.isIdentifier(each)) {
      const from = imports.get(each.text)
      if (from && relative(api, from.file) === 'audit.ts') isFound = true
      const other = from && modules.get(from.file)?.functions.get(from.name)
      if (from && other) isFound ||= audits(from.file, other, seen)
      const own = functions.get(each.text)
      if (own) isFound ||= audits(file, own, seen)
    }
    ts.forEachChild(each, visit)
  }
  visit(node)
  return isFound
}

describe('the audit of every route that changes something', () => {
  const changing = [...modules].flatMap(([file, { endpoints }]) =>
    endpoints
      .filter(({ route }) => !route.startsWith('GET '))
      .map(({ route, node }) => ({ route, isAudited: audits(file, node) }))
  )

  it('writes a row, or says why there is none', () => {
    // Those of collections are made by crud.ts, which test/api/audit-trail.test.ts walks through.
    expect(changing.length).to.be.greaterThan(100)
    const silent = changing.filter(({ route, isAudited }) => !isAudited && exempt[route] === undefined)
    expect(silent.map(({ route }) => route)).to.deep.equal([])
  })

  it('makes no exception of what writes a row all the same', () => {
    const idle = changing.filter(({ route, isAudited }) => isAudited && exempt[route] !== undefined)
    expect(idle.map(({ route }) => route)).to.deep.equal([])
  })

  it('tells who takes files away', () => {
    const open = [
      'GET /api/openapi.json',
      'GET /api/docs',
      'GET /metrics',
      'GET /api/imports/template',
      'GET /u/:token'
    ]
    const harmless = /\/t(-\w+)?\.js$|^GET \/api\/(prompts|music-tracks|dictations)\/:id\/audio$|check-pages/
    const silent = [...modules].flatMap(([file, { endpoints }]) =>
      endpoints
        .filter(({ route, node }) => route.startsWith('GET ') && /\braw:/.test(node.getText()))
        .filter(({ route }) => !open.includes(route) && !harmless.test(route))
        .filter(({ node }) => !audits(file, node))
        .map(({ route }) => route)
    )
    expect(silent).to.deep.equal([])
  })
})
