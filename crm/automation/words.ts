import type { Facts } from './core/rule.ts'

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${String(sign.codePointAt(0))};`)

/** A plain text as a letter: paragraphs, lines, addresses as links. What people wrote is text, never markup. */
export const mailHtml = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const lines = escaped(part).replace(/https?:\/\/[^\s<&]+/g, (url) => `<a href="${url}">${url}</a>`)
      return `<p>${lines.replaceAll('\n', '<br>')}</p>`
    })
    .join('\n')

/** Letters to people of the house say where they come from. */
export const staffSubject = (text: string): string => `Ringtrace: ${text}`

/** An error without the client's name and addresses: logs outlive clients. */
export function masked(text: string, { phone, email, client }: Facts): string {
  let hidden = text
  for (const word of [email, phone, phone?.replace('+', ''), client])
    if (word) hidden = hidden.replaceAll(word, '•••')
  return hidden
}
