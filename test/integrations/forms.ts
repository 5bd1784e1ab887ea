import type { Knex } from 'knex'

/** Forms and the inquiries that they became, as the CRM writes them. */
export async function formsOf(db: Knex, nowMs: () => number) {
  await db('sites').delete()
  const [site] = await db('sites')
    .insert({ name: 'Окна', domain: 'okna.example.com' })
    .returning<{ id: string }[]>('id')
  return {
    async inquiry(row: { kind: string; phone: string } & Record<string, unknown>): Promise<string> {
      const [made] = await db('inquiries')
        .insert({ title: 'Заявка', site_id: site?.id, source: 'Яндекс.Директ', ...row })
        .returning<{ id: string }[]>('id')
      return made?.id ?? ''
    },
    /** A form that joins an inquiry. */
    async form(inquiryId: string, phone: string, message: string): Promise<string> {
      const at = new Date(nowMs())
      const [form] = await db('form_submissions')
        .insert({
          ...{ site_id: site?.id, form_name: 'Замер', name: 'Пётр', phone, message, at },
          ...{ email: 'petr@example.com', page_url: 'https://okna.example.com/zamer' }
        })
        .returning<{ id: string }[]>('id')
      await db('activities').insert({ subject_id: form?.id, subject: 'form', at, inquiry_id: inquiryId })
      return form?.id ?? ''
    }
  }
}
