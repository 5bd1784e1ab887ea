import { useTranslation } from 'react-i18next'
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
