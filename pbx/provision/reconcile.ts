import type { Logger } from 'pino'
import type { Ari } from '../ari/client.ts'
import type { AriFailure, AriResult } from '../ari/http.ts'
import { settled } from '../ari/http.ts'
import { fingerprint, objectId, objectTypes } from './objects.ts'
import type { ObjectType, PjsipObject } from './objects.ts'

export interface ObjectFailure {
  /** `Trunk "Zadarma"`, or the bare id of something left by an earlier database. */
  owner: string
  id: string
  type: ObjectType
  message: string
}

export interface Reconciled {
  /** False when Asterisk could not be asked; nothing more was tried, do it again at the next `up`. */
  isComplete: boolean
  /** Ids of operators and trunks with at least one object written. */
  pushed: string[]
  deleted: string[]
  unchanged: number
  /** What Asterisk refused; everything else was done all the same. Run again later: a name may be known by then. */
  failures: ObjectFailure[]
}

export interface Objects {
  /** Makes Asterisk know exactly these; safe to repeat, and free for what has not changed. One runs at a time. */
  reconcile(wanted: readonly PjsipObject[]): Promise<Reconciled>
  /** Call at every `up` before `reconcile`: what Asterisk has is asked afresh. */
  forget(): void
}

/** Fingerprints of one id's objects as Asterisk holds them; empty when we cannot tell. */
type Held = Map<ObjectType, string>

/** What Asterisk's own words leave open. */
const hints: Partial<Record<ObjectType, string>> = {
  identify: ': is the host name known to DNS, and is each address an address?'
}

/** Asterisk keeps attributes that begin with @ for whoever set them. */
const noteField = '@ringtrace'
const together = 4

/**
 * Keeps operators and trunks of the database in Asterisk.
 *
 * Asterisk cannot list its objects with their fields, so each endpoint carries a note of the fingerprints of its set.
 * The note cannot survive the objects, nor they the note: a lost astdb loses both and everything is pushed again, and
 * an astdb filled from an earlier database shows what to delete.
 */
export function createObjects(options: { ari: Ari; log: Logger }): Objects {
  const { ari, log } = options
  let known: Map<string, Held> | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function run(wanted: readonly PjsipObject[]): Promise<Reconciled> {
    const report: Reconciled = { isComplete: true, pushed: [], deleted: [], unchanged: 0, failures: [] }
    const byId = groupById(wanted, report.failures)
    known ??= await readKnown()
    if (known === undefined) return { ...report, isComplete: false }
    const held = known
    const superfluous = [...held.keys()].filter((id) => !byId.has(id))
    const tasks = [
      ...superfluous.map((id) => () => remove(id, held, report)),
      ...[...byId].map(
        ([id, objects]) =>
          () =>
            push(id, objects, held, report)
      )
    ]
    for (let i = 0; i < tasks.length && report.isComplete; i += together) {
      await Promise.all(tasks.slice(i, i + together).map((task) => task()))
    }
    if (!report.isComplete) known = undefined
    for (const failure of report.failures) log.error(failure, 'Asterisk refused an object')
    return report
  }

  /** What Asterisk holds of ours; undefined when it cannot be asked. */
  async function readKnown(): Promise<Map<string, Held> | undefined> {
    const endpoints = await ari.listEndpoints()
    if (!endpoints.ok) return undefined
    const ids = endpoints.value.map(({ id }) => id).filter((id) => objectId.test(id))
    const found = new Map<string, Held>()
    for (let i = 0; i < ids.length; i += together) {
      const batch = ids.slice(i, i + together)
      const objects = await Promise.all(batch.map((id) => ari.getObject('endpoint', id)))
      for (const [index, id] of batch.entries()) {
        const object = objects[index]
        if (object === undefined || (!object.ok && object.code === 'unreachable')) return undefined
        const note = object.ok
          ? object.value.find(({ attribute }) => attribute === noteField)?.value
          : undefined
        found.set(id, readNote(note ?? ''))
      }
    }
    return found
  }

  async function push(
    id: string,
    objects: readonly PjsipObject[],
    held: Map<string, Held>,
    report: Reconciled
  ): Promise<void> {
    const before = held.get(id)
    const now: Held = new Map(objects.map((one) => [one.type, fingerprint(one, objects)]))
    const extra = [...(before?.keys() ?? [])].filter((type) => !now.has(type))
    const changed = objects.filter((one) => before?.get(one.type) !== now.get(one.type))
    if (changed.length === 0 && extra.length === 0) {
      report.unchanged++
      return
    }
    const owner = objects[0]?.owner ?? id
    const about = { owner, id, type: 'endpoint' as const }
    // Said before anything is done: should we die half-way, the next run finds no fingerprints and does it all.
    // Only on an endpoint that is there: this PUT would make one.
    const isNoted = before !== undefined && before.size > 0
    if (isNoted && !(await done(note(id, new Map()), about, report))) return
    held.set(id, new Map())
    // Of something we know only by name, any type may be left over.
    const isUnknown = before !== undefined && before.size === 0
    for (const type of isUnknown ? objectTypes.filter((one) => !now.has(one)) : extra) {
      if (!(await done(ari.deleteObject(type, id), { owner, id, type }, report))) return
    }
    for (const type of objectTypes) {
      const object = changed.find((one) => one.type === type)
      if (object === undefined || (await write(object, report))) continue
      // Without its identify a trunk still registers and can be called through; without the others nothing works.
      if (type !== 'identify' || !report.isComplete) return
      now.delete(type)
    }
    if (!(await done(note(id, now), about, report))) return
    held.set(id, now)
    report.pushed.push(id)
  }

  const note = (id: string, held: Held): Promise<AriResult> =>
    ari.putObject('endpoint', id, [{ attribute: noteField, value: writeNote(held) }])

  /**
   * PUT merges and never takes a contact back, so what exists is deleted first. Only auth is written over:
   * a change of password must not leave a moment without one.
   */
  async function write(object: PjsipObject, report: Reconciled): Promise<boolean> {
    const { type, id, owner } = object
    if (type !== 'auth' && !(await done(ari.deleteObject(type, id), { owner, id, type }, report)))
      return false
    const fields = Object.entries(object.fields).map(([attribute, value]) => ({ attribute, value }))
    return done(ari.putObject(type, id, fields), { owner, id, type }, report)
  }

  async function remove(id: string, held: Map<string, Held>, report: Reconciled): Promise<void> {
    // The endpoint last: while it is there, a run that was cut short is found and finished.
    for (const type of ['registration', 'identify', 'aor', 'auth', 'endpoint'] as const) {
      if (!(await done(ari.deleteObject(type, id), { owner: id, id, type }, report))) return
    }
    held.delete(id)
    report.deleted.push(id)
  }

  async function done(
    asked: Promise<{ ok: true } | AriFailure>,
    what: Omit<ObjectFailure, 'message'>,
    report: Reconciled
  ): Promise<boolean> {
    const result = await asked
    if (result.ok || settled(result)) return true
    if (result.code === 'unreachable') report.isComplete = false
    else report.failures.push({ ...what, message: `${result.message}${hints[what.type] ?? ''}` })
    return false
  }

  return {
    async reconcile(wanted) {
      const mine = last.then(() => run(wanted))
      // Its failure goes to whoever asked for it; the next run has its turn all the same.
      last = mine.catch(() => undefined)
      return mine
    },
    forget() {
      known = undefined
    }
  }
}

function groupById(wanted: readonly PjsipObject[], failures: ObjectFailure[]): Map<string, PjsipObject[]> {
  const byId = new Map<string, PjsipObject[]>()
  for (const object of wanted) {
    if (objectId.test(object.id)) {
      byId.set(object.id, [...(byId.get(object.id) ?? []), object])
    } else if (object.type === 'endpoint') {
      const { owner, id, type } = object
      failures.push({
        owner,
        id,
        type,
        message: 'This id cannot be used: op- or trunk-, then letters and digits'
      })
    }
  }
  return byId
}

const writeNote = (held: Held): string => [...held].map(([type, print]) => `${type}=${print}`).join(' ')

function readNote(text: string): Held {
  const held: Held = new Map()
  for (const part of text.split(' ')) {
    const [name, print = ''] = part.split('=')
    const type = objectTypes.find((one) => one === name)
    if (type !== undefined) held.set(type, print)
  }
  return held
}
