import i18next from 'i18next'
import type { CallFilterName } from '../../../api/contract/journal-fields.ts'
import { formatPhone } from '../lib/format.ts'
import { useAll, useNumbers, useSources, useUsers } from '../lib/lookups.ts'
import { filterOf } from './filters.ts'
import { knownWord } from './labels.ts'
import type { Option } from './several.tsx'

interface Named {
  id: string
  name: string
}

const named = (items: readonly Named[] | undefined): Option[] =>
  (items ?? []).map(({ id, name }) => ({ value: id, label: name }))

const wordKeys: Partial<Record<CallFilterName, 'outcome' | 'direction' | 'hangupBy' | 'inquiryChannel'>> = {
  outcome: 'outcome',
  direction: 'direction',
  hangupBy: 'hangupBy',
  inquiryChannel: 'inquiryChannel'
}

function wordLabel(name: CallFilterName, word: string): string {
  const list = wordKeys[name]
  if (list) return i18next.t(`${list}.${word}` as 'outcome.answered')
  return name === 'callType' ? knownWord('callType', word) : word
}

function numberLabel(name: CallFilterName, value: number): string {
  if (name === 'weekday') return i18next.t(`weekdays.d${value}` as 'weekdays.d1')
  if (name === 'hour') return `${String(value).padStart(2, '0')}:00`
  return String(value)
}

/** Lists that are not everybody's to read, and what they are called in the API. */
const lists: Partial<Record<CallFilterName, string>> = {
  schemeId: 'schemes',
  siteId: 'sites',
  poolId: 'number-pools'
}

/**
 * What can be chosen in a filter; null where the value is typed, or comes by a link.
 * @param isOn whether to fetch lists: nobody needs them before looking
 */
export function useOptions(name: CallFilterName, isOn: boolean): Option[] | null {
  const sources = useSources(isOn && name === 'sourceId')
  const numbers = useNumbers(isOn && name === 'numberId')
  const users = useUsers(isOn && name === 'operatorId')
  const list = lists[name]
  const others = useAll<Named>(list ?? 'sites', isOn && list !== undefined)
  const groups = useAll<Named>('groups', isOn && name === 'group')
  const filter = filterOf(name)
  if (name === 'sourceId') return named(sources.data)
  if (name === 'operatorId') return named(users.data)
  if (name === 'group') return (groups.data ?? []).map((each) => ({ value: each.name, label: each.name }))
  if (name === 'numberId') {
    return (numbers.data ?? []).map((each) => ({
      value: each.id,
      label: [formatPhone(each.e164), each.label].filter(Boolean).join(' · ')
    }))
  }
  if (list !== undefined) return named(others.data)
  if (filter.kind === 'words') return filter.words.map((value) => ({ value, label: wordLabel(name, value) }))
  if (filter.kind === 'numbers') {
    const { min, max } = name === 'rating' ? { min: 1, max: 5 } : filter
    return Array.from({ length: max - min + 1 }, (_, index) => ({
      value: String(min + index),
      label: numberLabel(name, min + index)
    }))
  }
  return null
}
