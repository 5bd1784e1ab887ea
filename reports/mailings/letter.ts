import type { Measures, ReportName } from '../queries/types.ts'
import { tableOf } from '../queries/tables.ts'
import type { AnyReport } from '../queries/reports.ts'
import { reportTitles, say, type Locale } from '../queries/words.ts'
import { contentOf, roundedFor, type Cell, type CellKind } from '../sheets/sheet.ts'

export interface Written {
  subject: string
  text: string
  html: string
}

const mostRows = 15
/** What a letter shows of each report; the file has all. */
const shown: Record<ReportName, readonly (keyof Measures)[]> = {
  sources: ['visits', 'calls', 'target', 'won', 'revenue', 'cost', 'roi'],
  missed: ['calls', 'missed', 'returned', 'returnSeconds'],
  hours: ['calls', 'answered', 'missed'],
  operators: ['calls', 'answered', 'missed', 'talkSeconds', 'rating', 'revenue'],
  pools: ['calls', 'target', 'attributedShare', 'revenue'],
  'landing-pages': ['visits', 'calls', 'target', 'conversion'],
  regions: ['calls', 'target', 'missed', 'revenue']
}

const words = {
  more: ['Остальные строки — во вложении.', 'The other rows are in the file attached.'],
  attached: ['Отчёт целиком — во вложении.', 'The whole report is in the file attached.'],
  open: ['Открыть отчёт', 'Open the report'],
  empty: ['За эти дни ничего не было.', 'There was nothing in these days.'],
  why: ['Это письмо приходит по рассылке', 'This letter comes by the mailing'],
  stop: ['Изменить или остановить её можно в Ringtrace.', 'Change or stop it in Ringtrace.']
} as const

/** A report as a letter: a short table, the link to all of it. Whatever clients and sites called themselves is escaped. */
export function letterOf(options: {
  name: ReportName
  by: string | undefined
  report: AnyReport
  locale: Locale
  mailing: string
  link: string
}): Written {
  const { name, by, report, locale, mailing, link } = options
  const { sheet, rows, total } = tableOf(name, by, report, locale, shown[name])
  const kinds = sheet.columns.map(({ kind }) => kind)
  const period = `${dayText(report.from, locale)} – ${dayText(report.to, locale)}`
  const title = say(reportTitles[name], locale)
  const line = (row: readonly Cell[]): string[] =>
    row.map((cell, i) => cellText(cell, kinds[i] ?? 'text', locale))
  const head = sheet.columns.map((column) => column.title)
  const top = rows.slice(0, mostRows).map(line)
  const note = say(
    rows.length === 0 ? words.empty : rows.length > mostRows ? words.more : words.attached,
    locale
  )
  const foot = `${say(words.why, locale)} «${mailing}». ${say(words.stop, locale)}`
  return {
    subject: `${mailing}: ${period}`,
    text: [
      `${title}, ${period}`,
      '',
      ...textTable([head, ...top, line(total)]),
      '',
      note,
      link,
      '',
      foot,
      ''
    ].join('\n'),
    html: [
      '<div style="font-family:Arial,sans-serif;font-size:14px;color:#212529">',
      `<h2 style="margin:0 0 4px;font-size:18px">${escape(title)}</h2>`,
      `<p style="margin:0 0 12px;color:#5c636a">${escape(period)}</p>`,
      '<table style="border-collapse:collapse" cellpadding="6">',
      `<tr style="background:#e9ecef">${cells('th', head, kinds)}</tr>`,
      ...top.map((row) => `<tr style="border-bottom:1px solid #dee2e6">${cells('td', row, kinds)}</tr>`),
      `<tr style="font-weight:bold">${cells('td', line(total), kinds)}</tr>`,
      `</table><p>${escape(note)}</p>`,
      `<p><a href="${escape(link)}">${escape(say(words.open, locale))}</a></p>`,
      `<p style="color:#5c636a;font-size:12px">${escape(foot)}</p></div>`
    ].join('\n')
  }
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

function cells(tag: 'td' | 'th', row: readonly string[], kinds: readonly CellKind[]): string {
  return row
    .map((text, i) => {
      const side = kinds[i] === 'text' || kinds[i] === 'day' ? 'left' : 'right'
      return `<${tag} style="text-align:${side};white-space:nowrap">${escape(text)}</${tag}>`
    })
    .join('')
}

/** Columns one under the other, for readers without HTML. */
function textTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) =>
    Math.min(40, Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  )
  return rows.map((row) =>
    row
      .map((text, i) => text.slice(0, 40).padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  )
}

const languages = { ru: 'ru-RU', en: 'en-GB' }

const dayText = (day: string, locale: Locale): string =>
  new Intl.DateTimeFormat(languages[locale], { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(day))

function cellText(cell: Cell, kind: CellKind, locale: Locale): string {
  const content = contentOf(cell, kind)
  switch (content?.is) {
    case undefined:
      return '–'
    case 'text':
      // One line: a name with line breaks would tear the table.
      return content.text.replace(/\p{Cc}+/gu, ' ').slice(0, 120)
    case 'day':
      return dayText(content.day, locale)
    case 'time':
      return content.at.toISOString()
    case 'number':
      return new Intl.NumberFormat(languages[locale], {
        maximumFractionDigits: kind === 'percent' ? 1 : kind === 'seconds' ? 0 : 2,
        ...(kind === 'percent' && { style: 'percent' as const })
      }).format(roundedFor(kind, content.number))
  }
}
