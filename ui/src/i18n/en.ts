import { callerLists } from './en/caller-lists.ts'
import { calls } from './en/calls.ts'
import { certificates } from './en/certificates.ts'
import { client } from './en/client.ts'
import { contacts } from './en/contacts.ts'
import { costs } from './en/costs.ts'
import { coverage } from './en/coverage.ts'
import { crm } from './en/crm.ts'
import { errors } from './en/errors.ts'
import { firstHour } from './en/first-hour.ts'
import { jobs } from './en/jobs.ts'
import { journalTexts } from './en/journal.ts'
import { keySheet } from './en/key-sheet.ts'
import { integrationsTexts } from './en/integrations.ts'
import { many } from './en/many.ts'
import { own } from './en/own.ts'
import { phoneLinks } from './en/phone-links.ts'
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
  ...contacts,
  ...costs,
  ...coverage,
  ...crm,
  ...firstHour,
  ...jobs,
  ...journalTexts,
  ...keySheet,
  ...integrationsTexts,
  ...many,
  ...own,
  ...phoneLinks,
  ...publicAddressTexts,
  ...reportSettings,
  ...reports,
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
  ...webhookTexts,
  ...wizard
}

export default en
