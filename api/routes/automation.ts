import type { Knex } from 'knex'
import { strangeVariables } from '../../crm/automation/core/template.ts'
import { countsOf } from '../../crm/automation/store.ts'
import { audit } from '../audit.ts'
import { listPage, listQuery, type Sorts } from '../collection.ts'
import {
  automationRule,
  automationRuleCreate,
  automationRulePatch,
  automationSamples,
  automationSamplesQuery,
  automationTried,
  automationTry,
  type AutomationAction,
  type AutomationRule
} from '../contract/automation.ts'
import { page } from '../contract/common.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'
import { itemOf, type Row } from '../rows.ts'
import { samplesOf } from './automation-samples.ts'

const sorts: Sorts = {
  createdAt: { column: 'created_at', type: 'time' },
  name: { column: 'name', type: 'text' }
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** Rules of automation: trigger → conditions → actions. */
export function automationRoutes({ db, automation }: ApiDeps): Endpoint[] {
  async function items(rows: readonly Row[]): Promise<AutomationRule[]> {
    const counts = await countsOf(
      db,
      rows.map((row) => textOf(row['id']))
    )
    return rows.map((row) => {
      const { lastAt = null, ...runs } = counts.get(textOf(row['id'])) ?? none
      return itemOf(automationRule, row, { runs, lastRunAt: lastAt?.toISOString() ?? null })
    })
  }
  async function one(id: string): Promise<AutomationRule> {
    const [item] = await items([await findRow(db, 'automation_rules', id)])
    if (!item) throw new ApiError('not_found')
    return item
  }

  return [
    endpoint({
      route: 'GET /api/automation-rules',
      summary: 'List the rules of automation, with how they did in thirty days',
      query: listQuery(sorts, 'createdAt', {}),
      answer: page(automationRule),
      async handle({ query }) {
        const found = await listPage(db, db('automation_rules').select('*'), query, sorts)
        return { items: await items(found.rows), nextCursor: found.nextCursor }
      }
    }),
    endpoint({
      route: 'POST /api/automation-rules',
      summary: 'Make a rule',
      body: automationRuleCreate,
      answer: automationRule,
      status: 201,
      async handle(context) {
        const { body, who } = context
        checkTexts(body.actions)
        const id = await db.transaction(async (trx) => {
          const [row] = await trx('automation_rules')
            .insert({ ...columnsOf(trx, body, false), created_by: who.userId })
            .returning<{ id: string }[]>('id')
          if (!row) throw new Error('No rule came back')
          await audit(trx, context, {
            action: 'automation_rule.create',
            entity: 'automation_rule',
            entityId: row.id,
            change: { before: null, after: body }
          })
          return row.id
        })
        context.res.set('Location', `/api/automation-rules/${id}`)
        return one(id)
      }
    }),
    endpoint({
      route: 'GET /api/automation-rules/:id',
      summary: 'Get a rule',
      answer: automationRule,
      handle: ({ id }) => one(id)
    }),
    endpoint({
      route: 'PATCH /api/automation-rules/:id',
      summary: 'Change a rule; what is due already goes on as it was decided',
      body: automationRulePatch,
      answer: automationRule,
      async handle(context) {
        const { body } = context
        if (body.actions) checkTexts(body.actions)
        await db.transaction(async (trx) => {
          const before = await trx('automation_rules')
            .where({ id: context.id })
            .forUpdate()
            .first<Row | undefined>()
          if (!before) throw new ApiError('not_found')
          if (body.trigger !== undefined && body.settings === undefined && body.trigger !== before['trigger'])
            throw new ApiError('invalid', {
              errors: [{ path: 'settings', message: 'is needed for another trigger' }]
            })
          const columns = columnsOf(trx, body, before['is_active'] === true)
          await trx('automation_rules')
            .where({ id: context.id })
            .update({ ...columns, updated_at: trx.fn.now() })
          const names = Object.keys(body) as (keyof typeof body)[]
          const was = itemOf(automationRule, before, {
            runs: { done: 0, waiting: 0, failed: 0, left: 0 },
            lastRunAt: null
          })
          await audit(trx, context, {
            action: 'automation_rule.change',
            entity: 'automation_rule',
            entityId: context.id,
            change: { before: Object.fromEntries(names.map((name) => [name, was[name]])), after: body }
          })
        })
        return one(context.id)
      }
    }),
    endpoint({
      route: 'DELETE /api/automation-rules/:id',
      summary: 'Delete a rule, with its log and what waits',
      async handle(context) {
        const row = await findRow(db, 'automation_rules', context.id)
        await db.transaction(async (trx) => {
          await trx('automation_rules').where({ id: context.id }).delete()
          await audit(trx, context, {
            action: 'automation_rule.delete',
            entity: 'automation_rule',
            entityId: context.id,
            data: { name: row['name'] }
          })
        })
      }
    }),
    endpoint({
      route: 'POST /api/automation-rules/try',
      summary: 'What a rule would do about something that happened; nothing is written or sent',
      body: automationTry,
      answer: automationTried,
      async handle({ body }) {
        if (!automation) throw new ApiError('not_found')
        const { subject, subjectId, ...rule } = body
        const tried = await automation.tryOut({ rule, subject, subjectId })
        if (!tried) throw new ApiError('not_found')
        const { facts, steps, ...rest } = tried
        return {
          ...rest,
          client: facts.client,
          at: new Date(facts.atMs).toISOString(),
          steps: steps.map(({ waitsUntilMs, ...step }) => ({ ...step, waitsUntil: iso(waitsUntilMs) }))
        }
      }
    }),
    endpoint({
      route: 'GET /api/automation-samples',
      summary: 'Things that happened of late, to try a rule out on',
      query: automationSamplesQuery,
      answer: automationSamples,
      handle: async ({ query }) => ({ items: await samplesOf(db, query) })
    })
  ]
}

const none = { done: 0, waiting: 0, failed: 0, left: 0, lastAt: null }

/** @throws ApiError invalid: a variable that there is not would leave a hole in what a client reads */
function checkTexts(actions: readonly AutomationAction[]): void {
  const errors = actions.flatMap((action, at) =>
    Object.entries(action).flatMap(([name, value]) =>
      (typeof value === 'string' ? strangeVariables(value) : []).map((strange) => ({
        path: `actions.${at}.${name}`,
        message: `{{${strange}}} is not a known variable`
      }))
    )
  )
  if (errors.length > 0) throw new ApiError('invalid', { errors })
}

function columnsOf(
  db: Knex,
  body: {
    name?: string | undefined
    isActive?: boolean | undefined
    trigger?: string | undefined
    settings?: object | undefined
    groups?: object | undefined
    actions?: object | undefined
    limitTimes?: number | undefined
    limitHours?: number | undefined
  },
  wasActive: boolean
): Row {
  const { name, isActive, trigger, settings, groups, actions, limitTimes, limitHours } = body
  return {
    ...(name !== undefined && { name }),
    ...(isActive !== undefined && { is_active: isActive }),
    // What was due before it was switched on is not made up for.
    ...(isActive === true && !wasActive && { active_since: db.fn.now() }),
    ...(trigger !== undefined && { trigger }),
    ...(settings !== undefined && { settings: JSON.stringify(settings) }),
    ...(groups !== undefined && { groups: JSON.stringify(groups) }),
    ...(actions !== undefined && { actions: JSON.stringify(actions) }),
    ...(limitTimes !== undefined && { limit_times: limitTimes }),
    ...(limitHours !== undefined && { limit_hours: limitHours })
  }
}
