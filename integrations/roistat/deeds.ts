import type { Knex } from 'knex'

interface Order {
  orderId: string
  inquiryId: string | null
  dealId: string | null
  contactId: string | null
  responsibleId: string | null
}

/** What stands behind an id: of an order, an inquiry or a deal. */
async function orderOf(db: Knex, id: string): Promise<Order | null> {
  const { rows } = await db.raw<{ rows: Order[] }>(
    `select coalesce(i.id, d.id) as "orderId", i.id as "inquiryId", d.id as "dealId",
       coalesce(d.contact_id, i.contact_id) as "contactId", coalesce(d.responsible_id, i.responsible_id) as "responsibleId"
     from (select cast(:id as uuid) as id) w
       left join inquiries wi on wi.id = w.id
       left join deals d on d.id = w.id or (d.id = wi.deal_id and d.inquiry_id = wi.id)
       left join inquiries i on i.id = coalesce(wi.id, (select id from inquiries where id = d.inquiry_id and deal_id = d.id))
     where wi.id is not null or d.id is not null`,
    { id }
  )
  return rows[0] ?? null
}

/** The id under which Roistat has an inquiry or a deal; null when there is none. */
export async function orderIdOf(db: Knex, id: string): Promise<string | null> {
  return (await orderOf(db, id))?.orderId ?? null
}

/** Adds words to the note of an order. */
export async function addNote(trx: Knex, orderId: string, text: string): Promise<void> {
  const order = await orderOf(trx, orderId)
  const [table, id] = order?.dealId
    ? (['deals', order.dealId] as const)
    : (['inquiries', order?.inquiryId] as const)
  if (!id) return
  await trx(table)
    .where({ id })
    .update({
      note: trx.raw(`right(concat_ws(E'\\n', nullif(note, ''), cast(? as text)), 10000)`, [text]),
      updated_at: trx.fn.now()
    })
}

/** A task for whoever has the order. */
export async function addTask(trx: Knex, orderId: string, text: string, dueMs: number | null): Promise<void> {
  const order = await orderOf(trx, orderId)
  if (!order) return
  await trx('tasks').insert({
    kind: 'follow_up',
    title: text.slice(0, 300),
    note: text.length > 300 ? text : null,
    assignee_id: order.responsibleId,
    contact_id: order.contactId,
    due_at: dueMs === null ? null : new Date(dueMs)
  })
}
