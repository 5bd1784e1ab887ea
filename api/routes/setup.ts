import type { Knex } from 'knex'
import { z } from 'zod'
import { hashPassword } from '../../db/passwords.ts'
import { acceptPasswordHere } from '../auth/password-rules.ts'
import { policyKey } from '../../dialling/policy-keeper.ts'
import { dialPolicySettings } from '../../dialling/policy/settings.ts'
import { publicAddressKey } from '../../upkeep/nat-address.ts'
import { natFindings } from '../../upkeep/nat-findings.ts'
import { addressGuesses, seenAs } from '../../upkeep/nat-guesses.ts'
import { addressOf, isBridged, localAddresses, udpLoop } from '../../upkeep/nat-look.ts'
import { audit } from '../audit.ts'
import { endSessions } from '../auth/sessions.ts'
import { companyZone } from '../company-zone.ts'
import {
  addressCheck,
  addressChecked,
  publicAddressChange,
  publicAddressState,
  setupChange,
  setupCompany,
  setupState,
  setupSteps,
  stepState,
  type AddressGuess,
  type PublicAddressState,
  type SetupState,
  type SetupStep
} from '../contract/setup.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { trunkOf as traceTrunkOf } from './sip-trace.ts'

const key = 'setup'

/** As it is kept; what is not there was never said. */
const kept = z.object({
  steps: z.partialRecord(z.enum(setupSteps), stepState).default({}),
  isFinished: z.boolean().default(false),
  /** Null: it was in use before anybody could say so. */
  finishedAt: z.string().nullable().default(null)
})
type Kept = z.output<typeof kept>

/** The first hour of an installation: what is set up already, and whether sound finds its way. */
export function setupRoutes(deps: ApiDeps): Endpoint[] {
  const { db, pbx, dialling } = deps
  return [
    endpoint({
      route: 'GET /api/setup',
      summary: 'How far the first setup has come; installations that were in use before count as finished',
      answer: setupState,
      handle: () => stateOf(deps)
    }),
    endpoint({
      route: 'PUT /api/setup',
      summary: 'Note steps as done or skipped, or that all of it is finished',
      body: setupChange,
      answer: setupState,
      async handle(context) {
        const { steps, isFinished } = context.body
        await db.transaction(async (trx) => {
          const { row: before } = await begun(trx)
          const isNewlyFinished = isFinished === true && !before.isFinished
          const after = kept.parse({
            ...before,
            ...(isNewlyFinished && { isFinished, finishedAt: new Date().toISOString() }),
            steps: { ...before.steps, ...steps }
          })
          await save(trx, after)
          if (isNewlyFinished)
            await audit(trx, context, { action: 'setup.finish', entity: 'settings', entityId: key })
        })
        return stateOf(deps)
      }
    }),
    endpoint({
      route: 'PUT /api/setup/company',
      summary: 'Who the first admin is, and where the company is: language, country and time zone',
      body: setupCompany,
      answer: setupState,
      async handle(context) {
        const { name, login, password, locale, country, timeZone } = context.body
        const { userId, key: session } = context.who
        if (password !== undefined) await acceptPasswordHere(db, password, { login, name })
        const passwordHash = password === undefined ? null : await hashPassword(password)
        await db.transaction(async (trx) => {
          const { row } = await begun(trx)
          if (passwordHash !== null && !mayChoosePassword(row)) throw new ApiError('forbidden')
          const before = await trx('users')
            .where({ id: userId })
            .forUpdate()
            .first<{ name: string; login: string; locale: string }>('name', 'login', 'locale')
          await trx('users')
            .where({ id: userId })
            .update({
              ...{ name, login, locale, updated_at: trx.fn.now() },
              ...(passwordHash !== null && { password_hash: passwordHash })
            })
          if (passwordHash !== null) await endSessions(trx, userId, session)
          await setCountry(trx, country, timeZone)
          await put(trx, 'company.timeZone', timeZone)
          await save(trx, { ...row, steps: { ...row.steps, company: 'done' } })
          await audit(trx, context, {
            action: 'setup.change',
            entity: 'user',
            entityId: userId,
            data: { country, timeZone, isPasswordNew: passwordHash !== null },
            change: { before, after: { name, login, locale } }
          })
        })
        await dialling.policy.reload()
        return stateOf(deps)
      }
    }),
    endpoint({
      route: 'POST /api/setup/address-check',
      summary:
        'Judge the public address: a UDP packet to ourselves, and what a browser measured of the echo call',
      body: addressCheck,
      answer: addressChecked,
      async handle({ body, req }) {
        const rtp = deps.sip?.rtp
        const external = deps.publicAddress?.current() ?? null
        const address = external?.address ?? null
        const locals = localAddresses()
        const trunks = await trunkAddresses(db)
        const loop = rtp && address !== null ? await udpLoop(address, rtp) : { result: 'skipped' as const }
        const sipPort = deps.sip?.port ?? 5060
        return {
          externalAddress: external?.name ?? null,
          publicAddress: publicAddressOf(deps),
          guesses: await guesses(deps, req.hostname, address),
          publicUrl: deps.publicUrl ?? null,
          localAddresses: locals,
          sipPort,
          rtp: rtp ?? null,
          findings: natFindings({
            external,
            localAddresses: locals,
            isBridged: isBridged(),
            sipPort,
            rtp: rtp ?? { start: 10_000, end: 10_999 },
            trunks,
            pageHost: req.hostname,
            loop,
            sound: body.sound
          })
        }
      }
    }),
    endpoint({
      route: 'GET /api/setup/public-address',
      summary: 'The address that carriers and browsers outside are told, and who has set it',
      answer: publicAddressState,
      handle: () => Promise.resolve(publicAddressOf(deps))
    }),
    endpoint({
      route: 'PUT /api/setup/public-address',
      summary: 'Set the public address; Asterisk takes it up at once, and talks go on',
      body: publicAddressChange,
      answer: publicAddressState,
      async handle(context) {
        const { name } = context.body
        const now = deps.publicAddress?.current() ?? null
        if (now?.by === 'environment') throw new ApiError('address_from_environment')
        if (name !== null && (await addressOf(name)) === null) throw new ApiError('address_unknown')
        await db.transaction(async (trx) => {
          if (name === null) await trx('settings').where({ key: publicAddressKey }).delete()
          else await put(trx, publicAddressKey, name)
          await audit(trx, context, {
            ...{ action: 'setup.address', entity: 'settings', entityId: publicAddressKey },
            change: { before: { name: now?.name ?? null }, after: { name } }
          })
        })
        await deps.publicAddress?.refresh()
        return publicAddressOf(deps)
      }
    })
  ]

  async function stateOf({ db: reader }: ApiDeps): Promise<SetupState> {
    const [{ row, isNew }, policy, timeZone, things] = await Promise.all([
      begun(reader),
      readPolicy(reader),
      companyZone(reader),
      thingsOf(reader)
    ])
    const states = pbx.trunkStates()
    const works = things.trunkIds.some((id) => /^(registered|configured)$/.test(states.get(id) ?? ''))
    /** What stands there counts, whoever made it and wherever. */
    const isThere: Partial<Record<SetupStep, boolean>> = {
      trunk: works,
      number: things.numbers > 0,
      scheme: things.routed > 0,
      people: things.people > 0
    }
    const state = (step: SetupStep) => (isThere[step] ? 'done' : (row.steps[step] ?? 'open'))
    return {
      isNew,
      isFinished: row.isFinished,
      finishedAt: row.finishedAt,
      steps: {
        company: state('company'),
        address: state('address'),
        trunk: state('trunk'),
        number: state('number'),
        scheme: state('scheme'),
        people: state('people'),
        tryout: state('tryout')
      },
      country: policy.homeCountry,
      timeZone,
      mayChoosePassword: mayChoosePassword(row)
    }
  }
}

/** Nobody has said yet who the admin is: the password of the first start was printed on a console. */
const mayChoosePassword = ({ steps, isFinished }: Kept): boolean => !isFinished && steps.company !== 'done'

/** What was noted; an installation of which nothing was noted is new when it is empty, else in use long since. */
async function begun(reader: Knex): Promise<{ row: Kept; isNew: boolean }> {
  const found = await reader('settings').where({ key }).first<{ value: unknown } | undefined>('value')
  if (found) return { row: kept.parse(found.value), isNew: false }
  const { rows } = await reader.raw<{ rows: { is_empty: boolean }[] }>(`
    select (select count(*) from users) < 2 and not exists (select from trunks) and not exists (select from numbers)
      and not exists (select from calls) as is_empty`)
  const isNew = rows[0]?.is_empty === true
  return { row: kept.parse({ isFinished: !isNew }), isNew }
}

/** What was set up by people; the demo is none of it. */
async function thingsOf(
  reader: Knex
): Promise<{ trunkIds: string[]; numbers: number; routed: number; people: number }> {
  const { rows } = await reader.raw<{
    rows: { trunks: string[] | null; numbers: string; routed: string; people: string }[]
  }>(`
    select (select array_agg(id::text) from trunks where is_active and not is_demo) as trunks,
      (select count(*) from numbers where is_active and not is_demo) as numbers,
      (select count(*) from numbers n join schemes s on s.id = n.scheme_id
        where n.is_active and not n.is_demo and s.published_version is not null) as routed,
      (select count(*) - 1 from users where is_active and not is_demo) as people`)
  const row = rows[0]
  return {
    trunkIds: row?.trunks ?? [],
    numbers: Number(row?.numbers ?? 0),
    routed: Number(row?.routed ?? 0),
    people: Number(row?.people ?? 0)
  }
}

const save = (trx: Knex, row: Kept): Promise<void> => put(trx, key, row)

async function put(trx: Knex, name: string, value: unknown): Promise<void> {
  await trx('settings')
    .insert({ key: name, value: JSON.stringify(value), updated_at: trx.fn.now() })
    .onConflict('key')
    .merge()
}

async function readPolicy(reader: Knex) {
  const row = await reader('settings')
    .where({ key: policyKey })
    .first<{ value: unknown } | undefined>('value')
  return dialPolicySettings.parse(row?.value ?? {})
}

/** Home is where calls may go; whatever else was allowed stays so. */
async function setCountry(trx: Knex, country: string, timeZone: string): Promise<void> {
  const policy = await readPolicy(trx)
  const others = policy.countries.filter((each) => each !== policy.homeCountry && each !== country)
  await put(trx, policyKey, {
    ...policy,
    ...{ homeCountry: country, countries: [country, ...others], timeZone }
  })
}

function publicAddressOf({ publicAddress }: ApiDeps): PublicAddressState {
  const set = publicAddress?.current() ?? null
  return {
    name: set?.name ?? null,
    address: set?.address ?? null,
    by: set?.by ?? null,
    isApplied: publicAddress?.isApplied() ?? true
  }
}

/** What the carriers' answers and the address of the pages say of where we are. */
async function guesses(deps: ApiDeps, host: string, now: string | null): Promise<AddressGuess[]> {
  const rows = await deps.db('trunks').where({ is_active: true, is_demo: false }).select<Row[]>('*')
  const carriers = await Promise.all(
    rows.map(async (row) => {
      const trunk = traceTrunkOf(row)
      const messages = [
        ...((await deps.sipTrace?.registration(trunk)) ?? []),
        ...((await deps.sipTrace?.test(trunk.id))?.messages ?? [])
      ]
      return { trunk: trunk.name, seen: seenAs(messages) }
    })
  )
  return addressGuesses({ now, carriers, pages: { host, address: await addressOf(host) } })
}

async function trunkAddresses(db: Knex): Promise<{ name: string; address: string | null }[]> {
  const rows = await db('trunks')
    .where({ is_active: true, is_demo: false })
    .select<{ name: string; host: string }[]>('name', 'host')
  return Promise.all(rows.map(async ({ name, host }) => ({ name, address: await addressOf(host) })))
}
