import type { Knex } from 'knex'
import { auditAs } from './audit.ts'
import { endSessions } from './auth/sessions.ts'
import type { ImportThing } from './contract/settings-words.ts'
import { toApiError } from './errors.ts'
import type { Existing, Known, RowChange, Values } from './imports.ts'
import { importFields, keyOf, type ImportValue, type Reference } from './imports-fields.ts'
import { ApiError } from './problems.ts'
import { snake, type Row } from './rows.ts'
import { saveMainDevice } from './routes/user-devices.ts'
import { keepAnAdmin } from './routes/users.ts'

const nameColumns: Record<Reference, string> = {
  sources: 'name',
  sites: 'domain',
  schemes: 'name',
  trunks: 'name',
  groups: 'name',
  users: 'login'
}
const things = {
  numbers: 'number',
  sources: 'source',
  users: 'user',
  groups: 'group',
  skills: 'user'
} as const satisfies Record<ImportThing, string>

/** Everything that a file of these things is compared with. */
export async function knownFor(db: Knex, of: ImportThing): Promise<Known> {
  const maps: [Reference, Map<string, string>][] = []
  for (const [table, column] of Object.entries(nameColumns) as [Reference, string][]) {
    const rows = await db(table).select<{ id: string; name: string }[]>({ id: 'id', name: column })
    maps.push([table, new Map<string, string>(rows.map(({ id, name }) => [name, id]))])
  }
  const references = Object.fromEntries(maps) as Record<Reference, Map<string, string>>
  const key = keyOf(of).name
  const all = await existingOf(db, of, references)
  return { references, existing: new Map(all.map((each) => [String(each.values[key]), each])) }
}

/** The rows of a table in the words of its file, by their key. */
export async function existingOf(
  db: Knex,
  of: ImportThing,
  references: Known['references']
): Promise<Existing[]> {
  if (of === 'skills') return skillsOf(db)
  const rows = (await db(of)
    .orderBy(snake(keyOf(of).name))
    .select('*')) as Row[]
  const members = await db('group_members as m')
    .join('groups as g', 'g.id', 'm.group_id')
    .join('users as u', 'u.id', 'm.user_id')
    .orderBy(['m.group_id', 'm.position'])
    .select<{ group_id: string; user_id: string; name: string; login: string }[]>(
      ...['m.group_id', 'm.user_id', 'g.name', 'u.login']
    )
  const nameOf = new Map(
    Object.values(references).flatMap((byName) => [...byName].map(([name, id]) => [id, name] as const))
  )
  return rows.map((row) => {
    const id = String(row['id'])
    const values = importFields[of].map((field): [string, ImportValue] => {
      if (field.name === 'groups') {
        const names = members.filter((each) => each.user_id === id).map((each) => each.name)
        return ['groups', names.toSorted()]
      }
      if (field.name === 'members') {
        return ['members', members.filter((each) => each.group_id === id).map((each) => each.login)]
      }
      const value = (row[field.of ? `${snake(field.name)}_id` : snake(field.name)] ?? null) as ImportValue
      if (field.of) return [field.name, typeof value === 'string' ? (nameOf.get(value) ?? null) : null]
      if (Array.isArray(value)) return [field.name, value.map(String).toSorted()]
      return [field.name, value]
    })
    return { id, values: Object.fromEntries(values) }
  })
}

/** Skills have no table of their own: they are what people have. */
async function skillsOf(db: Knex): Promise<Existing[]> {
  const { rows } = await db.raw<{ rows: { skill: string; members: string[] }[] }>(
    `select skill, array_agg(login order by login) as members
     from users, unnest(skills) as skill group by skill order by skill`
  )
  return rows.map(({ skill, members }) => ({ id: skill, values: { skill, members: members.toSorted() } }))
}

export interface By {
  userId: string | null
  ip: string | undefined
}

/** Writes what a plan says, with an audit row for each; all of it or nothing. @param told after each row */
export async function applyImport(
  trx: Knex.Transaction,
  by: By,
  of: ImportThing,
  changes: readonly RowChange[],
  known: Known,
  told: (done: number) => Promise<void> = () => Promise.resolve()
): Promise<void> {
  for (const [index, change] of changes.entries()) {
    try {
      const id = of === 'skills' ? null : await saveRow(trx, of, change, known)
      if (of === 'skills') await saveSkill(trx, change, known)
      const before = change.existing && pick(change.existing.values, Object.keys(change.values))
      await auditAs(trx, by.userId, by.ip, {
        action: of === 'skills' ? 'skill.import' : `${things[of]}.${change.existing ? 'change' : 'create'}`,
        entity: things[of],
        ...(id !== null && { entityId: id }),
        data: { name: change.key, isImport: true, fields: Object.keys(change.values) },
        change: { before, after: change.values }
      })
    } catch (error) {
      throw atLine(error, change.line)
    }
    await told(index + 1)
  }
  if (of === 'users') await keepAnAdmin(trx)
}

async function saveRow(
  trx: Knex.Transaction,
  of: Exclude<ImportThing, 'skills'>,
  { existing, values }: RowChange,
  known: Known
): Promise<string> {
  const row = columnsFor(of, values, known)
  let id = existing?.id
  if (id === undefined) {
    const [made] = await trx(of).insert(row).returning<{ id: string }[]>('id')
    if (!made) throw new Error(`No row came back from ${of}`)
    id = made.id
    if (of === 'users') await saveMainDevice(trx, id, { device: 'browser' })
  } else if (Object.keys(row).length > 0) {
    if (of !== 'groups') row['updated_at'] = trx.fn.now()
    await trx(of).where({ id }).update(row)
  }
  if (of === 'users' && values['isActive'] === false) await endSessions(trx, id)
  if (of === 'users' && values['groups'] !== undefined) await joinGroups(trx, id, values['groups'], known)
  if (of === 'groups' && values['members'] !== undefined) {
    await trx('group_members').where({ group_id: id }).delete()
    const members = idsOf(values['members'], known.references.users)
    const group = id
    if (members.length > 0) {
      await trx('group_members').insert(
        members.map((userId, position) => ({ group_id: group, user_id: userId, position }))
      )
    }
  }
  return id
}

function columnsFor(of: ImportThing, values: Values, known: Known): Row {
  const row: Row = {}
  for (const field of importFields[of]) {
    const value = values[field.name]
    if (value === undefined || field.name === 'groups' || field.name === 'members') continue
    if (!field.of) row[snake(field.name)] = value
    else
      row[`${snake(field.name)}_id`] = value === null ? null : known.references[field.of].get(String(value))
  }
  return row
}

/** Newcomers stand last in a group; the order of the others stays. */
async function joinGroups(
  trx: Knex.Transaction,
  userId: string,
  names: ImportValue,
  known: Known
): Promise<void> {
  const wanted = idsOf(names, known.references.groups)
  await trx('group_members').where({ user_id: userId }).whereNotIn('group_id', wanted).delete()
  for (const groupId of wanted) {
    await trx.raw(
      `insert into group_members (group_id, user_id, position)
       select ?, ?, coalesce(max(position) + 1, 0) from group_members where group_id = ?
       on conflict do nothing`,
      [groupId, userId, groupId]
    )
  }
}

async function saveSkill(trx: Knex.Transaction, { key, values }: RowChange, known: Known): Promise<void> {
  const wanted = idsOf(values['members'] ?? [], known.references.users)
  await trx('users')
    .whereNotIn('id', wanted)
    .whereRaw('? = any (skills)', [key])
    .update({ skills: trx.raw('array_remove(skills, ?)', [key]) })
  await trx('users')
    .whereIn('id', wanted)
    .whereRaw('not (? = any (skills))', [key])
    .update({ skills: trx.raw('array_append(skills, ?)', [key]) })
}

const idsOf = (names: ImportValue, ids: ReadonlyMap<string, string>): string[] =>
  Array.isArray(names) ? names.flatMap((name: string) => ids.get(name) ?? []) : []

const pick = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, values[name] ?? null]))

/** What the database refused, told with the row of the file. */
function atLine(error: unknown, line: number): unknown {
  const found = toApiError(error)
  if (found.status >= 500) return error
  const errors = found.errors ?? [{ path: '', message: found.message }]
  return new ApiError(found.code, {
    detail: 'Nothing was imported.',
    errors: errors.map((each) => ({
      ...each,
      path: `line ${line}`,
      message: `${each.path}: ${each.message}`
    })),
    cause: error
  })
}
