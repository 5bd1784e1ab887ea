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
  'pbx/guard': ['pbx/ari', 'pbx/ami', 'db/in-turn.ts', 'db/listen.ts'],
  'pbx/nodes': ['pbx', 'db/listen.ts'],
  'pbx/edge': ['pbx', 'host', 'db/in-turn.ts', 'db/listen.ts', 'db/sealed.ts'],
  'pbx/runtime': [
    'pbx',
    'ivr',
    'host',
    'db/fence.ts',
    'db/in-turn.ts',
    'db/listen.ts',
    'db/prepared.ts',
    'db/sealed.ts'
  ],
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
  integrations: [
    'db',
    'host',
    'crm/events.ts',
    'tracking/channels.ts',
    'tracking/inquiry-channels.ts',
    'tracking/phones.ts',
    'pbx/call/moments.ts',
    'type:pbx/call',
    'type:ivr'
  ],
  'integrations/costs/core': [],
  'integrations/channels/wire.ts': ['db', 'crm/messages', 'integrations'],
  'integrations/bitrix24/mapping.ts': [
    'integrations/connectors/source-text.ts',
    'integrations/connectors/facts.ts',
    'type:integrations'
  ],
  'integrations/amocrm/mapping.ts': [
    'integrations/amocrm',
    'integrations/connectors/source-text.ts',
    'integrations/connectors/facts.ts',
    'integrations/connectors/read.ts',
    'integrations/connectors/records.ts',
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
    'pbx/guard/settings.ts',
    'pbx/routing/trunk-states.ts',
    'crm/events.ts',
    'crm/inquiries/desk-settings.ts',
    'crm/tasks/repeat.ts',
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
    'type:integrations/channels',
    'integrations/connectors/answer.ts',
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
    'pbx/guard/settings.ts',
    'recordings/quota.ts',
    'recordings/sealed-file.ts',
    'recordings/sealing.ts',
    'type:recordings',
    'host',
    'media/errors.ts',
    'type:pbx'
  ],
  // The lists of words: nothing else of the server gets into the browser.
  ui: [
    'type:api/contract',
    'api/contract/words.ts',
    'api/contract/settings-words.ts',
    'api/contract/automation-words.ts',
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
  'integrations/webhooks/core',
  // What each foreign system is told.
  ...code.filter((file) => /^integrations\/[^/]+\/mapping\.ts$/.test(file))
]
/** Parts of pure folders that are the way to the machine: the database behind tracking, the snippet in a browser. */
const impure = ['tracking/store', 'tracking/recompute', 'tracking/snippet']
const purePackages = new Set(['zod', 'libphonenumber-js', 'isbot'])
/** It tells sums of clients' numbers and mails: a sum is as pure as an addition. */
const sums = 'integrations/google-ads/mapping.ts'

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
      .filter(({ from, target }) => !(from === sums && target === 'node:crypto'))
      .map(({ from, target }) => `${from} imports ${target}`)
    expect(wrong).to.deep.equal([])
  })

  it('mappings of connectors stay pure through all that they import', () => {
    const seen = new Set(code.filter((file) => /^integrations\/[^/]+\/mapping\.ts$/.test(file)))
    expect(seen.size).to.be.greaterThan(5)
    const wrong: string[] = []
    for (const file of seen)
      for (const { from, target, isOwn, isType } of importsOf(file)) {
        if (isType) continue
        if (isOwn) seen.add(target)
        else if (!purePackages.has(target) && !(from === sums && target === 'node:crypto'))
          wrong.push(`${from} imports ${target}`)
      }
    expect(wrong).to.deep.equal([])
  })

  it('only main.ts and roles/ wire everything: each folder of the product has a rule above', () => {
    const ruled = Object.keys(allowed)
    const unruled = code.filter(
      (file) => product.some((folder) => within(file, folder)) && !ruled.some((rule) => within(file, rule))
    )
    expect(unruled).to.deep.equal([])
  })

  it('nothing of the product imports tests, scripts, benches, main.ts or what it starts', () => {
    const wrong = code
      .filter((file) => product.some((folder) => within(file, folder)) || within(file, 'ui'))
      .flatMap(importsOf)
      .filter(({ target }) =>
        ['test', 'scripts', 'bench', 'main.ts', 'roles'].some((outer) => within(target, outer))
      )
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
