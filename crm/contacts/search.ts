/** Letters as the index of migration 0036 has them: see migration 0011. What is found is compared in full. */
export const foldedSearch = (sql: string): string =>
  `translate(${sql}, 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'abvgdejziyklmnoprstufhcqwwxyxeua')`

const escaped = (part: string): string => part.replace(/[\\%_]/g, '\\$&')

/**
 * What a contact's search text must be like for what was typed: every group, by one of its patterns. Digits are a number
 * as people write it: 8 and +7 begin the same ones. One or two letters are in no index but at the beginning of a word.
 */
export function searchPatterns(typed: string): string[][] {
  const wanted = typed.trim().toLowerCase().replaceAll('ё', 'е')
  if (wanted === '') return []
  const digits = /^[\d\s()+.-]+$/.test(wanted) ? wanted.replace(/\D/g, '') : ''
  if (digits !== '') return [numberPatterns(digits)]
  return wanted
    .split(/\s+/)
    .slice(0, 8)
    .map((word) => [/[\da-zа-я]{3}/.test(word) ? `%${escaped(word)}%` : `% ${escaped(word)}%`])
}

function numberPatterns(digits: string): string[] {
  const isNational = digits.startsWith('8') && digits.length > 1
  // Eleven digits are a whole number: it can be nothing else.
  if (isNational && digits.length === 11) return [`% +7${digits.slice(1)}%`]
  const national = isNational ? [`% +7${digits.slice(1)}%`] : []
  if (digits.length >= 3) return [`%${digits}%`, ...national]
  return [`% +${digits}%`, `% ${digits}%`, `% +7${digits}%`, ...national]
}
