import type { Knex } from 'knex'
import { companyZone } from '../tasks/notices.ts'
import { roublesInWords } from './amount-words.ts'
import type { DocumentValues, Locale } from './placeholders.ts'

interface DealRow {
  id: string
  title: string
  amount: string
  currency: string
  note: string | null
  created_at: Date
  stage: string
  contact_id: string | null
  client: string | null
  company: string | null
  tax_number: string | null
  responsible: string | null
}
interface LineRow {
  name: string
  quantity: string
  price: string
  discount: string
}

/** What a deal puts into a template; null: there is no such deal. Empty where nothing is known. */
export async function dealValues(
  db: Knex,
  dealId: string,
  { locale, nowMs }: { locale: Locale; nowMs: number }
): Promise<DocumentValues | null> {
  const row = await db('deals as d')
    .join('pipeline_stages as s', 's.id', 'd.stage_id')
    .leftJoin('contacts as c', 'c.id', 'd.contact_id')
    .leftJoin('companies as f', 'f.id', 'c.company_id')
    .leftJoin('users as u', 'u.id', 'd.responsible_id')
    .where('d.id', dealId)
    .first<DealRow | undefined>(
      'd.id',
      'd.title',
      'd.amount',
      'd.currency',
      'd.note',
      'd.created_at',
      'd.contact_id',
      {
        ...{ stage: 's.name', client: 'c.name', company: 'c.company' },
        ...{ tax_number: 'f.tax_number', responsible: 'u.name' }
      }
    )
  if (!row) return null
  // One after the other: they share the connection of a change.
  const phone = await firstOf(db, 'contact_phones', 'e164', row.contact_id)
  const email = await firstOf(db, 'contact_emails', 'email', row.contact_id)
  const lines = await db('deal_lines')
    .where({ deal_id: dealId })
    .orderBy('position')
    .select<LineRow[]>('name', 'quantity', 'price', 'discount')
  const timeZone = await companyZone(db)
  const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone })
  const amount = Number(row.amount)
  return {
    today: day.format(nowMs),
    'deal.title': row.title,
    'deal.number': row.id.slice(-6).toUpperCase(),
    'deal.amount': money.format(amount),
    'deal.currency': row.currency,
    'deal.amountWords':
      locale === 'ru' && row.currency === 'RUB'
        ? roublesInWords(amount)
        : `${money.format(amount)} ${row.currency}`,
    'deal.stage': row.stage,
    'deal.created': day.format(row.created_at),
    'deal.note': row.note ?? '',
    'client.name': row.client ?? '',
    'client.phone': phone ?? '',
    'client.email': email ?? '',
    'client.company': row.company ?? '',
    'client.taxNumber': row.tax_number ?? '',
    'responsible.name': row.responsible ?? '',
    lines: lines.map((line, index) => {
      const [quantity, price, discount] = [line.quantity, line.price, line.discount].map(Number) as [
        number,
        number,
        number
      ]
      return {
        'line.number': String(index + 1),
        'line.name': line.name,
        'line.quantity': count.format(quantity),
        'line.price': money.format(price),
        'line.discount': count.format(discount),
        'line.sum': money.format(Math.round(quantity * price * (100 - discount)) / 100)
      }
    })
  }
}

async function firstOf(
  db: Knex,
  table: string,
  column: string,
  contactId: string | null
): Promise<string | null> {
  if (contactId === null) return null
  const row = await db(table)
    .where({ contact_id: contactId })
    .min<{ value: string | null }[]>({ value: column })
  return row[0]?.value ?? null
}
