import i18next from 'i18next'
import type { Problem } from '../../../api/contract/common.ts'
import type en from '../i18n/en.ts'

type Word = keyof typeof en.fieldError
export type Fault = NonNullable<Problem['errors']>[number]

/** What is wrong with a field, in the reader's language; what has no words of its own is shown in English as it came. */
export function fieldWord({ code, message }: Fault): string {
  if (code !== 'invalid' && i18next.exists(`fieldError.${code}`))
    return i18next.t(`fieldError.${code as Word}`)
  return i18next.language === 'en' ? message : i18next.t('fieldError.invalid')
}
