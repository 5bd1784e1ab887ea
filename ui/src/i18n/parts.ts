/** A file of texts: every export is an object of areas, `{ area: { key: text } }`. */
export type Texts = Record<string, object>

/** Texts of the first load, by language. */
export const first = {
  ru: () => import('./ru/first.ts'),
  en: () => import('./en/first.ts')
} satisfies Record<string, () => Promise<Texts>>

/** Texts that come with the pages that show them, by language. */
export const later = {
  ru: {
    'caller-lists': () => import('./ru/caller-lists.ts'),
    calls: () => import('./ru/calls.ts'),
    certificates: () => import('./ru/certificates.ts'),
    client: () => import('./ru/client.ts'),
    contacts: () => import('./ru/contacts.ts'),
    costs: () => import('./ru/costs.ts'),
    coverage: () => import('./ru/coverage.ts'),
    crm: () => import('./ru/crm.ts'),
    'first-hour': () => import('./ru/first-hour.ts'),
    jobs: () => import('./ru/jobs.ts'),
    journal: () => import('./ru/journal.ts'),
    'key-sheet': () => import('./ru/key-sheet.ts'),
    integrations: () => import('./ru/integrations.ts'),
    many: () => import('./ru/many.ts'),
    own: () => import('./ru/own.ts'),
    'phone-links': () => import('./ru/phone-links.ts'),
    'public-address': () => import('./ru/public-address.ts'),
    'report-settings': () => import('./ru/report-settings.ts'),
    reports: () => import('./ru/reports.ts'),
    'scheme-blocks': () => import('./ru/scheme-blocks.ts'),
    schedules: () => import('./ru/schedules.ts'),
    schemes: () => import('./ru/schemes.ts'),
    selection: () => import('./ru/selection.ts'),
    settings: () => import('./ru/settings.ts'),
    setup: () => import('./ru/setup.ts'),
    'sign-in': () => import('./ru/sign-in.ts'),
    'sip-trace': () => import('./ru/sip-trace.ts'),
    sound: () => import('./ru/sound.ts'),
    system: () => import('./ru/system.ts'),
    tags: () => import('./ru/tags.ts'),
    tracking: () => import('./ru/tracking.ts'),
    trunks: () => import('./ru/trunks.ts'),
    updates: () => import('./ru/updates.ts'),
    wall: () => import('./ru/wall.ts'),
    webhooks: () => import('./ru/webhooks.ts'),
    wizard: () => import('./ru/wizard.ts')
  },
  en: {
    'caller-lists': () => import('./en/caller-lists.ts'),
    calls: () => import('./en/calls.ts'),
    certificates: () => import('./en/certificates.ts'),
    client: () => import('./en/client.ts'),
    contacts: () => import('./en/contacts.ts'),
    costs: () => import('./en/costs.ts'),
    coverage: () => import('./en/coverage.ts'),
    crm: () => import('./en/crm.ts'),
    'first-hour': () => import('./en/first-hour.ts'),
    jobs: () => import('./en/jobs.ts'),
    journal: () => import('./en/journal.ts'),
    'key-sheet': () => import('./en/key-sheet.ts'),
    integrations: () => import('./en/integrations.ts'),
    many: () => import('./en/many.ts'),
    own: () => import('./en/own.ts'),
    'phone-links': () => import('./en/phone-links.ts'),
    'public-address': () => import('./en/public-address.ts'),
    'report-settings': () => import('./en/report-settings.ts'),
    reports: () => import('./en/reports.ts'),
    'scheme-blocks': () => import('./en/scheme-blocks.ts'),
    schedules: () => import('./en/schedules.ts'),
    schemes: () => import('./en/schemes.ts'),
    selection: () => import('./en/selection.ts'),
    settings: () => import('./en/settings.ts'),
    setup: () => import('./en/setup.ts'),
    'sign-in': () => import('./en/sign-in.ts'),
    'sip-trace': () => import('./en/sip-trace.ts'),
    sound: () => import('./en/sound.ts'),
    system: () => import('./en/system.ts'),
    tags: () => import('./en/tags.ts'),
    tracking: () => import('./en/tracking.ts'),
    trunks: () => import('./en/trunks.ts'),
    updates: () => import('./en/updates.ts'),
    wall: () => import('./en/wall.ts'),
    webhooks: () => import('./en/webhooks.ts'),
    wizard: () => import('./en/wizard.ts')
  }
} satisfies Record<string, Record<string, () => Promise<Texts>>>

export type Part = keyof typeof later.en
