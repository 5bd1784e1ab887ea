import type en from './en.ts'
import { automationTexts } from './ru/automation.ts'
import { callerLists } from './ru/caller-lists.ts'
import { calls } from './ru/calls.ts'
import { certificates } from './ru/certificates.ts'
import { client } from './ru/client.ts'
import { clientImports } from './ru/client-imports.ts'
import { contacts } from './ru/contacts.ts'
import { costs } from './ru/costs.ts'
import { coverage } from './ru/coverage.ts'
import { crm } from './ru/crm.ts'
import { documents } from './ru/documents.ts'
import { errors } from './ru/errors.ts'
import { handOverTexts } from './ru/hand-over.ts'
import { firstHour } from './ru/first-hour.ts'
import { jobs } from './ru/jobs.ts'
import { journalTexts } from './ru/journal.ts'
import { keySheet } from './ru/key-sheet.ts'
import { guardTexts } from './ru/guard.ts'
import { overloadTexts } from './ru/overload.ts'
import { retentionTexts } from './ru/retention.ts'
import { listExport } from './ru/list-export.ts'
import { integrationsTexts } from './ru/integrations.ts'
import { many } from './ru/many.ts'
import { messageTexts } from './ru/messages.ts'
import { unreadTexts } from './ru/unread.ts'
import { own } from './ru/own.ts'
import { phoneLinks } from './ru/phone-links.ts'
import { noticeTexts } from './ru/notices.ts'
import { panel } from './ru/panel.ts'
import { publicAddressTexts } from './ru/public-address.ts'
import { reportSettings } from './ru/report-settings.ts'
import { reports } from './ru/reports.ts'
import { ring } from './ru/ring.ts'
import { schemeBlocks } from './ru/scheme-blocks.ts'
import { schedules } from './ru/schedules.ts'
import { schemes } from './ru/schemes.ts'
import { selection } from './ru/selection.ts'
import { settings } from './ru/settings.ts'
import { setup } from './ru/setup.ts'
import { shift } from './ru/shift.ts'
import { signIn } from './ru/sign-in.ts'
import { sipTraceTexts } from './ru/sip-trace.ts'
import { sound } from './ru/sound.ts'
import { system } from './ru/system.ts'
import { tagTexts } from './ru/tags.ts'
import { tasks } from './ru/tasks.ts'
import { tracking } from './ru/tracking.ts'
import { trunksTexts } from './ru/trunks.ts'
import { updates } from './ru/updates.ts'
import { wall } from './ru/wall.ts'
import { webhookTexts } from './ru/webhooks.ts'
import { wizard } from './ru/wizard.ts'
import { work } from './ru/work.ts'

type Plural = `${string}_${'one' | 'few' | 'many' | 'other'}`
/** The same keys as in English; the forms of plurals are the language's own. */
type Same<T> = {
  [K in keyof T as K extends Plural ? never : K]: T[K] extends string ? string : Same<T[K]>
} & {
  [K in Plural]?: string
}
/** All texts in Russian, for the check of types and for tests. */
const ru: Same<typeof en> = {
  ...errors,
  ...panel,
  ...ring,
  ...shift,
  ...work,
  ...callerLists,
  ...calls,
  ...certificates,
  ...client,
  ...clientImports,
  ...contacts,
  ...costs,
  ...documents,
  ...noticeTexts,
  ...tasks,
  ...coverage,
  ...crm,
  ...firstHour,
  ...jobs,
  ...journalTexts,
  ...keySheet,
  ...listExport,
  ...guardTexts,
  ...overloadTexts,
  ...retentionTexts,
  ...integrationsTexts,
  ...many,
  ...messageTexts,
  ...unreadTexts,
  ...own,
  ...phoneLinks,
  ...publicAddressTexts,
  ...reportSettings,
  ...reports,
  ...handOverTexts,
  ...schemeBlocks,
  ...schedules,
  ...schemes,
  ...selection,
  ...settings,
  ...setup,
  ...signIn,
  ...sipTraceTexts,
  ...sound,
  ...system,
  ...tagTexts,
  ...tracking,
  ...trunksTexts,
  ...updates,
  ...wall,
  ...automationTexts,
  ...webhookTexts,
  ...wizard
}

export default ru
