import type { Knex } from 'knex'
import type { Piece, PieceKind } from './share.ts'

type OwnedKind = Exclude<PieceKind, 'membership'>

/** Where the owner of a thing stands. */
export const places: Readonly<Record<OwnedKind, { table: string; column: string }>> = {
  contact: { table: 'contacts', column: 'owner_id' },
  company: { table: 'companies', column: 'owner_id' },
  inquiry: { table: 'inquiries', column: 'responsible_id' },
  deal: { table: 'deals', column: 'responsible_id' },
  task: { table: 'tasks', column: 'assignee_id' },
  project: { table: 'projects', column: 'owner_id' },
  callback: { table: 'callbacks', column: 'user_id' }
}

/** All that is somebody's and goes on without them. What is closed stays theirs: reports tell who did it. */
export async function piecesOf(db: Knex, userId: string): Promise<Piece[]> {
  const { rows } = await db.raw<{ rows: Piece[] }>(
    `select 'contact' as kind, c.id, o.id as near from contacts c
       left join companies o on o.id = c.company_id and o.owner_id = c.owner_id where c.owner_id = :userId
     union all
     select 'company', id, null from companies where owner_id = :userId
     union all
     select 'inquiry', id, contact_id from inquiries where responsible_id = :userId and state in ('new','inWork')
     union all
     select 'deal', d.id, coalesce(d.contact_id, d.inquiry_id) from deals d join pipeline_stages s on s.id = d.stage_id
       where d.responsible_id = :userId and s.kind = 'open'
     union all
     select 'task', t.id, coalesce(t.contact_id, t.deal_id, t.inquiry_id, t.project_id) from tasks t
       where t.assignee_id = :userId and t.state = 'open'
     union all
     select 'project', id, deal_id from projects where owner_id = :userId and state = 'open'
     union all
     select 'callback', id, contact_id from callbacks
       where user_id = :userId and state in ('waiting','calling','retry')
     union all
     select 'membership', m.project_id, m.project_id from project_members m join projects p on p.id = m.project_id
       where m.user_id = :userId and p.state = 'open'`,
    { userId }
  )
  return rows
}

export const groupsOf = (
  db: Knex,
  userId: string
): Promise<{ id: string; name: string; position: number }[]> =>
  db('group_members as m')
    .join('groups as g', 'g.id', 'm.group_id')
    .where('m.user_id', userId)
    .orderBy('g.name')
    .select<{ id: string; name: string; position: number }[]>('g.id', 'g.name', 'm.position')
