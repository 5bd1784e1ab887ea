import { expect } from 'chai'
import { code, importsOf, type Import } from './tree.ts'

const product = [
  'api',
  'backup',
  'crm',
  'db',
  'demo',
  'dialling',
  'host',
  'integrations',
  'ivr',
  'jobs',
  'media',
  'pbx',
  'recordings',
  'reports',
  'tracking',
  'upkeep'
]

/**
 * Which folders a folder may import, besides itself. The longest name that fits a file rules it; a name also allows
 * everything below it. `type:` allows types only.
 */
const allowed: Record<string, readonly string[]> = {
  host: [],
  ivr: [],
  tracking: [],
  'tracking/store': ['tracking', 'db', 'type:pbx/call'],
  'tracking/recompute': ['tracking', 'db', 'jobs', 'type:pbx/call'],
  'pbx/call': ['ivr'],
  'pbx/routing': ['ivr', 'pbx/call'],
  'pbx/ari': [],
  'pbx/trace': [],
  'pbx/ami': ['pbx/ari/signals.ts'],
  'pbx/provision': ['host', 'pbx/ari'],
  'pbx/runtime': ['pbx', 'ivr', 'host', 'db/in-turn.ts', 'db/listen.ts', 'db/prepared.ts'],
  db: ['host'],
  'db/demo': ['db', 'ivr', 'pbx/call', 'tracking', 'demo', 'type:pbx/provision'],
  media: ['host', 'ivr', 'db/listen.ts'],
  recordings: ['db', 'host', 'media/tools.ts', 'media/errors.ts', 'type:pbx'],
  'dialling/policy': ['ivr', 'tracking', 'type:pbx/call'],
  'dialling/core': ['tracking', 'dialling/policy', 'type:pbx/call'],
  dialling: ['db', 'ivr', 'tracking', 'crm/tasks', 'type:pbx'],
  crm: ['db', 'tracking'],
  jobs: ['db'],
  upkeep: ['db', 'host', 'backup/tar.ts'],
  backup: ['db', 'host', 'type:jobs', 'type:config.ts'],
  'reports/core': ['tracking'],
  reports: ['db', 'jobs', 'tracking', 'type:pbx/call'],
  integrations: ['db', 'host', 'crm/events.ts', 'pbx/call/moments.ts', 'type:pbx/call', 'type:ivr'],
  'integrations/costs/core': [],
  'integrations/bitrix24/mapping.ts': [
    'integrations/bitrix24/comment.ts',
    'integrations/connectors/facts.ts',
    'type:integrations'
  ],
  'integrations/webhooks/core': [],
  demo: [
    'host',
    'ivr',
    'tracking',
    'recordings',
    'media',
    'db/demo',
    'pbx/ari',
    'pbx/provision',
    'type:pbx/call',
    'type:config.ts'
  ],
  'api/contract': [
    'backup/settings.ts',
    'upkeep/judge.ts',
    'upkeep/nat-findings.ts',
    'pbx/call/moments.ts',
    'pbx/routing/number-called.ts',
    'pbx/trace/findings.ts',
    'pbx/routing/trunk-states.ts',
    'crm/events.ts',
    'tracking/inquiry-channels.ts',
    'tracking/widget.ts',
    'dialling/core/settings.ts',
    'integrations/costs/core/words.ts',
    'integrations/webhooks/core',
    'dialling/policy',
    'reports/core/rules.ts',
    'type:pbx/call',
    'type:ivr'
  ],
  api: [
    'backup/settings.ts',
    'upkeep',
    'type:backup',
    'crm',
    'db',
    'dialling',
    'integrations/costs',
    'type:integrations/connectors',
    'integrations/webhooks/core',
    'type:integrations/webhooks',
    'reports',
    'type:jobs',
    'jobs/jobs.ts',
    'ivr',
    'tracking',
    'pbx/call',
    'pbx/routing',
    'pbx/trace/ladder.ts',
    'host',
    'media/errors.ts',
    'type:pbx'
  ],
  // The lists of words: nothing else of the server gets into the browser.
  ui: [
    'type:api/contract',
    'api/contract/words.ts',
    'api/contract/settings-words.ts',
    'api/contract/connector-words.ts',
    'api/contract/journal-fields.ts',
    'crm/events.ts',
    'pbx/call/moments.ts'
  ],
  // The editor runs the code of real calls, its schemas included; it comes with its own lazy page.
  'ui/src/setup': ['ui', 'ivr', 'type:api/contract', 'api/contract/words.ts'],
  'ui/src/schemes': ['ui', 'ivr', 'type:api/contract', 'api/contract/words.ts'],
  // The preview runs the renderer of real messages; it comes with its own lazy page.
  'ui/src/webhooks': [
    'ui',
    'integrations/webhooks/core',
    'crm/events.ts',
    'pbx/call/moments.ts',
    'type:api/contract',
    'api/contract/words.ts'
  ],
  'config.ts': []
}

/** Folders that know no database, no machine, no clock and no chance: all of that arrives in events. */
export const pure = [
  'ivr',
  'pbx/call',
  'pbx/routing',
  'tracking',
  'dialling/policy',
  'dialling/core',
  'reports/core',
  'integrations/costs/core',
  'integrations/webhooks/core'
]
/** Parts of pure folders that are the way to the machine: the database behind tracking, the snippet in a browser. */
const impure = ['tracking/store', 'tracking/recompute', 'tracking/snippet']
const purePackages = new Set(['zod', 'libphonenumber-js', 'isbot'])

describe('the directions between folders', () => {
  for (const folder of Object.keys(allowed)) {
    it(`${folder} imports only what it may`, () => {
      const wrong = code
        .filter((file) => rulerOf(file) === folder)
        .flatMap(importsOf)
        .filter((found) => found.isOwn && !isAllowed(folder, found))
        .map(({ from, target }) => `${from} imports ${target}`)
      expect(wrong).to.deep.equal([])
    })
  }

  it('pure folders import neither Node nor the database, and no package with a will of its own', () => {
    const wrong = code
      .filter((file) => pure.some((folder) => within(file, folder)))
      .filter((file) => !impure.some((folder) => within(file, folder)))
      .flatMap(importsOf)
      .filter(({ isOwn, target }) => !isOwn && !purePackages.has(target))
      .map(({ from, target }) => `${from} imports ${target}`)
    expect(wrong).to.deep.equal([])
  })

  it('only main.ts wires everything: each folder of the product has a rule above', () => {
    const ruled = Object.keys(allowed)
    const unruled = code.filter(
      (file) => product.some((folder) => within(file, folder)) && !ruled.some((rule) => within(file, rule))
    )
    expect(unruled).to.deep.equal([])
  })

  it('nothing of the product imports tests, scripts, benches or main.ts', () => {
    const wrong = code
      .filter((file) => product.some((folder) => within(file, folder)) || within(file, 'ui'))
      .flatMap(importsOf)
      .filter(({ target }) => ['test', 'scripts', 'bench', 'main.ts'].some((outer) => within(target, outer)))
      .map(({ from, target }) => `${from} imports ${target}`)
    expect(wrong).to.deep.equal([])
  })
})

function rulerOf(file: string): string | undefined {
  return Object.keys(allowed)
    .filter((rule) => within(file, rule))
    .sort((a, b) => b.length - a.length)[0]
}

function isAllowed(folder: string, { target, isType }: Import): boolean {
  if (within(target, folder)) return true
  return (allowed[folder] ?? []).some((rule) =>
    rule.startsWith('type:') ? isType && within(target, rule.slice('type:'.length)) : within(target, rule)
  )
}

function within(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`)
}
