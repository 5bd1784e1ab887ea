import type en from './en.ts'
import { calls } from './ru/calls.ts'
import { costs } from './ru/costs.ts'
import { crm } from './ru/crm.ts'
import { journalTexts } from './ru/journal.ts'
import { panel } from './ru/panel.ts'
import { reports } from './ru/reports.ts'
import { settings } from './ru/settings.ts'
import { shift } from './ru/shift.ts'
import { setup } from './ru/setup.ts'
import { tracking } from './ru/tracking.ts'
import { wall } from './ru/wall.ts'
import { work } from './ru/work.ts'

type Plural = `${string}_${'one' | 'few' | 'many' | 'other'}`
/** The same keys as in English; the forms of plurals are the language's own. */
type Same<T> = {
  [K in keyof T as K extends Plural ? never : K]: T[K] extends string ? string : Same<T[K]>
} & {
  [K in Plural]?: string
}
const ru: Same<typeof en> = {
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

export default ru
