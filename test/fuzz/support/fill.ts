import type { Knex } from 'knex'
import type { Rig } from '../../api/support/rig.ts'
import type { Random } from '../../../db/demo/random.ts'
import { ask, createPeople } from './asking.ts'
import { readDocument } from './document.ts'
import { naughty } from './naughty.ts'
import { createPools } from './pools.ts'
import { valid } from './values.ts'

/** Columns that hold what people, carriers, sites or robots have written. */
const written =
  /^(name|title|notes?|comment|text|label|subject|summary|description|preview|city|region|tags|page|referrer|landing.*|content|term|keyword|campaign|medium|source|first_.*|last_.*|position|user_agent|.*_(name|note|comment|text|title|label|reason|error|url|page|campaign|keyword|medium|source))$/
/** What machines read, by table and column. */
const machines =
  /^(settings|sessions|migrations|knex.*|jobs|fact_queue|crm_inbox|credits|spam_hits|connector_\w+|automation_(events|runs)|asterisk_nodes)\.|\.(last_result|last_reason|last_direction|disabled_reason|last_error_code|group_name)$|^(saved_views\.page|notices\.subject)$/

/** A page with one of these has shown what should have been shown in words. */
export const wordless: readonly string[] = ['[object Object]', 'undefined', 'NaN', 'null']
export const shown: readonly string[] = naughty.filter((text) => !wordless.includes(text))

/** Rows of every kind that can be made by one request. @returns how many were taken */
export async function makeRows(rig: Rig, random: Random, each: number): Promise<number> {
  const people = await createPeople(rig)
  const document = await ask(rig.port, { method: 'GET', path: '/api/openapi.json' })
  const operations = readDocument(document.body.toString())
  const pools = createPools()
  const headers = { ...people.headersOf('admin'), 'Content-Type': 'application/json' }
  for (const { method, path } of operations) {
    if (method !== 'GET' || path.includes('{')) continue
    pools.learn(path, (await ask(rig.port, { method, path, headers: people.headersOf('admin') })).body)
  }
  let taken = 0
  for (const { method, path, bodies } of operations) {
    const schema = bodies['application/json']?.schema
    const isMaking =
      method === 'POST' && /^\/api\/[a-z-]+(\/\{id\}\/(notes|comments|entries|times))?$/.test(path)
    if (!schema || !isMaking || path === '/api/callbacks') continue
    for (let turn = 0; turn < each * 3; turn += 1) {
      const body = valid({ random, texts: shown, idOf: (name) => pools.idOf(random, name) }, schema)
      const at = path.replace('{id}', pools.idAt(random, path))
      const heard = await ask(rig.port, { method, path: at, headers, body: JSON.stringify(body) })
      if (heard.status >= 300) continue
      pools.learn(path, heard.body)
      taken += 1
      if (turn >= each) break
    }
  }
  return taken
}

/**
 * Puts texts that nobody means into every column that holds what others wrote; columns whose rules forbid it stay.
 * @returns the columns that were filled
 */
export async function spoilTexts(db: Knex, random: Random): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { t: string; c: string; type: string }[] }>(
    `select c.table_name t, c.column_name c, c.data_type type
     from information_schema.columns c join information_schema.tables t
       on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
     where c.table_schema = 'public' and c.data_type in ('text', 'character varying', 'ARRAY')
     order by 1, 2`
  )
  const filled: string[] = []
  for (const { t, c, type } of rows) {
    if (!written.test(c) || machines.test(`${t}.${c}`)) continue
    const first = random.whole(0, shown.length)
    const pick = `(?::text[])[1 + (n.n + ${first}) % ${shown.length}]`
    const change = (value: string) =>
      db.raw(
        `update "${t}" t set "${c}" = ${value} from (select ctid, row_number() over (order by ctid) n from "${t}") n
         where n.ctid = t.ctid and "${c}" is not null`,
        [[...shown]]
      )
    // Texts that may stand only once keep what tells them apart.
    const ways =
      type === 'ARRAY' ? [`array[${pick}]`] : [pick, `left(${pick}, 60) || ' ' || left("${c}", 20)`]
    for (const way of ways) {
      const isFilled = await change(way).then(
        () => true,
        () => false
      )
      if (!isFilled) continue
      filled.push(`${t}.${c}`)
      break
    }
  }
  return filled
}
