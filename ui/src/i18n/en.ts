import { automationTexts } from './en/automation.ts'
import { callerLists } from './en/caller-lists.ts'
import { calls } from './en/calls.ts'
import { certificates } from './en/certificates.ts'
import { client } from './en/client.ts'
import { clientImports } from './en/client-imports.ts'
import { contacts } from './en/contacts.ts'
import { costs } from './en/costs.ts'
import { coverage } from './en/coverage.ts'
import { crm } from './en/crm.ts'
import { documents } from './en/documents.ts'
import { errors } from './en/errors.ts'
import { handOverTexts } from './en/hand-over.ts'
import { firstHour } from './en/first-hour.ts'
import { jobs } from './en/jobs.ts'
import { journalTexts } from './en/journal.ts'
import { keySheet } from './en/key-sheet.ts'
import { guardTexts } from './en/guard.ts'
import { overloadTexts } from './en/overload.ts'
import { retentionTexts } from './en/retention.ts'
import { listExport } from './en/list-export.ts'
import { integrationsTexts } from './en/integrations.ts'
import { many } from './en/many.ts'
import { messageTexts } from './en/messages.ts'
import { unreadTexts } from './en/unread.ts'
import { own } from './en/own.ts'
import { phoneLinks } from './en/phone-links.ts'
import { noticeTexts } from './en/notices.ts'
import { panel } from './en/panel.ts'
import { publicAddressTexts } from './en/public-address.ts'
import { reportSettings } from './en/report-settings.ts'
import { reports } from './en/reports.ts'
import { ring } from './en/ring.ts'
import { schemeBlocks } from './en/scheme-blocks.ts'
import { schedules } from './en/schedules.ts'
import { schemes } from './en/schemes.ts'
import { selection } from './en/selection.ts'
import { settings } from './en/settings.ts'
import { setup } from './en/setup.ts'
import { shift } from './en/shift.ts'
import { signIn } from './en/sign-in.ts'
import { sipTraceTexts } from './en/sip-trace.ts'
import { sound } from './en/sound.ts'
import { system } from './en/system.ts'
import { tagTexts } from './en/tags.ts'
import { tasks } from './en/tasks.ts'
import { tracking } from './en/tracking.ts'
import { trunksTexts } from './en/trunks.ts'
import { updates } from './en/updates.ts'
import { wall } from './en/wall.ts'
import { webhookTexts } from './en/webhooks.ts'
import { wizard } from './en/wizard.ts'
import { work } from './en/work.ts'

/**
 * All texts of the screens in English; its keys are the list of keys (see test/ui). For types and tests only:
 * the browser fetches the parts, see `parts.ts`.
 */
const en = {
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

export default en
