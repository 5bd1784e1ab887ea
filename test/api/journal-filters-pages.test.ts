import { expect } from 'chai'
import { itemsOf, startRig, type Rig } from './support/rig.ts'

const total = 6500
/** Every number of a call follows from how many came before it. */
const made = `
insert into calls (id, pbx_unique_id, direction, call_type, started_at, ended_at, outcome, wait_seconds, talk_seconds,
    total_seconds, caller_number, contact_name, operator_id, campaign, tags)
  select cast(overlay(overlay(md5(cast(n as text)) placing '4' from 13) placing '8' from 17) as uuid), 'u' || n, 'in', 'pbx', at, at + interval '1 minute',
    case when n % 3 = 0 then 'missed' else 'answered' end, n % 7, case when n % 3 = 0 then 0 else n % 11 + 1 end, n % 13,
    '+7916' || lpad(n::text, 7, '0'), case when n <= 1700 then 'Oldest client' else 'Client' end,
    case when n % 50 = 1 then cast('11111111-1111-4111-8111-111111111111' as uuid) end,
    case when n % 100 = 0 then repeat('x', 400) || n / 100 % 10 end,
    case when n % 1000 = 0 then array['vip'] else '{}' end
  from (select n, timestamptz '2026-01-01' + n / 2 * interval '1 minute' as at from generate_series(1, ${total}) n) c`
/** The oldest calls have a share: too many for a list of ids, and none near the top. */
const shared = 1700
const credits = `
with path as (insert into report_paths (inquiry_channel, source) values ('paid', 'a'), ('paid', 'b') returning id, source)
  insert into credits (subject_id, place, subject, at, path_id, first, last, last_non_direct, linear, position, time_decay)
  select c.id, p.b, 'call', c.started_at, p.id, 0, 500000, 0, 0, 0, 0
  from (select id, started_at, row_number() over (order by started_at, id) as n from calls) c cross join
    (select id, cast(source = 'b' as int) as b from path) p where n <= ${shared}`

describe('Pages of the journal', function () {
  this.timeout(120_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
    await rig.db.raw(made)
    await rig.db.raw(credits)
    await rig.db.raw('analyze calls; analyze credits')
  })
  after(() => rig.close())

  /** All that is found, page by page. */
  const all = async (ask: string): Promise<Record<string, unknown>[]> => {
    const seen: Record<string, unknown>[] = []
    let cursor = ''
    do {
      const answer = await rig.as.marketer.get(`/api/calls?limit=200&${ask}${cursor}`)
      expect(answer.status, `${ask}: ${JSON.stringify(answer.body)}`).to.equal(200)
      seen.push(...itemsOf(answer))
      cursor = typeof answer.body['nextCursor'] === 'string' ? `&cursor=${answer.body['nextCursor']}` : ''
    } while (cursor !== '')
    return seen
  }

  const far = 'from=2026-01-01T00:00:00Z&to=2026-01-01T02:00:00Z'
  const operator = 'operatorId=11111111-1111-4111-8111-111111111111'
  const share = 'exists (select from credits where subject_id = calls.id)'
  const cases: [ask: string, where: string][] = [
    ['model=last&source=a', share],
    ['model=last&source=a&source=b&outcome=missed', `${share} and outcome = 'missed'`],
    [`model=last&inquiryChannel=paid&${operator}`, `${share} and operator_id is not null`],
    [`model=last&source=b&${far}`, "started_at < '2026-01-01 02:00Z'"],
    ['model=first&source=a', 'false'],
    ['search=Oldest', "contact_name like 'Oldest%'"],
    [`search=client&outcome=missed,answered&${far}`, "started_at < '2026-01-01 02:00Z'"],
    [`search=916&${far}`, "started_at < '2026-01-01 02:00Z'"],
    [`search=916000&${operator}`, 'operator_id is not null'],
    ['search=0000123', "caller_number like '%0000123%'"],
    ['tag=vip', "tags <> '{}'"],
    [`isMissed=true&${far}`, "outcome = 'missed' and started_at < '2026-01-01 02:00Z'"],
    [`campaign=${'x'.repeat(400)}5`, `campaign = repeat('x', 400) || 5`],
    [operator, 'operator_id is not null']
  ]
  for (const sort of [
    '-startedAt',
    'startedAt',
    '-talkSeconds',
    'talkSeconds',
    '-waitSeconds',
    'totalSeconds',
    'rating'
  ]) {
    it(`hold every call once by ${sort}, in its order, near and far down`, async () => {
      const column = sort.replace('-', '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      const direction = sort.startsWith('-') ? 'desc' : 'asc'
      for (const [ask, where] of cases) {
        const order =
          sort === 'rating' ? 'started_at desc, id desc' : `${column} ${direction}, id ${direction}`
        const { rows } = await rig.db.raw<{ rows: { id: string }[] }>(
          `select id from calls where ${where} order by ${order}`
        )
        const found = (await all(`sort=${sort}&${ask}`)).map((item) => item['id'])
        expect(found, `${sort} ${ask}`).to.deep.equal(rows.map(({ id }) => id))
      }
    })
  }
})
