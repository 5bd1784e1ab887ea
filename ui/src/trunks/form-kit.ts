import { useTranslation } from 'react-i18next'
import type en from '../i18n/en.ts'
import type { Fault, TrunkFields } from './form-values.ts'

/** What every section of the form works with. */
export interface SectionProps {
  fields: TrunkFields
  set: (change: Partial<TrunkFields>) => void
  /** What is wrong with a field, in the reader's words. */
  errorOf: (path: string) => string | undefined
  /** A password is kept already. */
  hasSecret: boolean
}

/** Says what is wrong with a field. */
export function useFaultWord(): (fault: Fault) => string {
  const { t } = useTranslation()
  return (fault) => t(`trunks.fault.${fault}`)
}

type FieldName = keyof typeof en.trunks.field

/** What a field is called on the screen, by its path: `outgoing.maxConcurrent`. */
export function useFieldWord(): (path: string) => string {
  const { t } = useTranslation()
  return (path) => {
    const [first = '', second] = path.split('.')
    const name = second === 'maxConcurrent' ? 'maxOut' : (second ?? first)
    return t(`trunks.field.${name as FieldName}`)
  }
}
