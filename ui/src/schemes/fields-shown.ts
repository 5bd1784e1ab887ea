import type { SettingField } from '../../../ivr/fields.ts'

type Settings = Readonly<Record<string, unknown>>

/** Settings that mean something only while others stand so. */
const conditions: Readonly<Record<string, (value: (name: string) => unknown, type: string) => boolean>> = {
  weights: (value) => value('strategy') === 'weighted',
  assignedRingSeconds: (value) => value('assignedFirst') === true,
  externalTrunkId: (value) => typeof value('externalNumber') === 'string',
  externalRingSeconds: (value) => typeof value('externalNumber') === 'string',
  announceEverySeconds: (value) => value('announcePlace') === true || value('announceWait') === true,
  offerAfterSeconds: (value) => value('callbackKey') !== null,
  offerEverySeconds: (value) => value('callbackKey') !== null,
  offerSounds: (value) => value('callbackKey') !== null,
  promisedSounds: (value) => value('callbackKey') !== null,
  taskGroupId: (value) => value('createTask') === true,
  scheduleId: (value, type) => type !== 'callback' || value('when') === 'open',
  hours: hasOwnHours,
  holidays: hasOwnHours,
  timeZone: hasOwnHours,
  question: (value, type) => type !== 'callback' || value('askNumber') === true,
  wrongSounds: (value, type) => type !== 'callback' || value('askNumber') === true,
  waitSeconds: (value, type) => type !== 'callback' || value('askNumber') === true,
  attempts: (value, type) => type !== 'callback' || value('askNumber') === true
}

function hasOwnHours(value: (name: string) => unknown, type: string): boolean {
  return typeof value('scheduleId') !== 'string' && (type !== 'callback' || value('when') === 'open')
}

/** What most people set; the rest waits behind “more”. */
const usual: Readonly<Record<string, readonly string[]>> = {
  menu: ['prompt', 'options'],
  announce: ['say'],
  ring: [
    'groupId',
    'assignedFirst',
    'strategy',
    'ringSeconds',
    'rounds',
    'furtherGroupIds',
    'externalNumber'
  ],
  queue: ['groupId', 'strategy', 'welcome', 'musicClass', 'maxWaitSeconds', 'callbackKey', 'keys'],
  external: ['number', 'ringSeconds', 'record'],
  lookup: ['url', 'codes'],
  voicemail: ['greeting', 'createTask', 'taskGroupId'],
  callback: ['when', 'scheduleId', 'hours', 'holidays', 'timeZone', 'groupId', 'thanks', 'sayNumber'],
  rating: ['question', 'thanks']
}

export function valueOf(fields: readonly SettingField[], settings: Settings, name: string): unknown {
  return Object.hasOwn(settings, name) ? settings[name] : fields.find((each) => each.name === name)?.initial
}

/** The fields of a block that mean something now, in the order of its form: the usual ones, then the others. */
export function shownFields(
  type: string,
  fields: readonly SettingField[],
  settings: Settings
): { usual: readonly SettingField[]; others: readonly SettingField[] } {
  const shown = fields.filter(
    ({ name }) => conditions[name]?.((other) => valueOf(fields, settings, other), type) ?? true
  )
  const names = usual[type]
  if (!names) return { usual: shown, others: [] }
  return {
    usual: names.flatMap((name) => shown.filter((field) => field.name === name)),
    others: shown.filter(({ name }) => !names.includes(name))
  }
}
