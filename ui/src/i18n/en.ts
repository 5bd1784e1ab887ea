import { calls } from './en/calls.ts'
import { costs } from './en/costs.ts'
import { crm } from './en/crm.ts'
import { journalTexts } from './en/journal.ts'
import { panel } from './en/panel.ts'
import { reports } from './en/reports.ts'
import { settings } from './en/settings.ts'
import { shift } from './en/shift.ts'
import { setup } from './en/setup.ts'
import { tracking } from './en/tracking.ts'
import { wall } from './en/wall.ts'
import { work } from './en/work.ts'

/** All texts of the screens in English; its keys are the list of keys (see `index.ts` and test/ui). */
const en = {
  ...panel,
  ...journalTexts,
  ...calls,
  ...crm,
  ...settings,
  ...setup,
  ...work,
  ...shift,
  ...wall,
  ...reports,
  ...costs,
  ...tracking
}

export default en
