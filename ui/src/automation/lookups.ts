import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Group, User } from '../../../api/contract/config.ts'
import { api } from '../lib/api.ts'
import { useAll, useSources, useUsers } from '../lib/lookups.ts'

export interface Choice {
  value: string
  label: string
}
interface Named {
  id: string
  name: string
}
interface Pipeline extends Named {
  stages: Named[]
}

const choices = (items: readonly Named[] | undefined): Choice[] =>
  (items ?? []).map(({ id, name }) => ({ value: id, label: name }))

/** Everything that a rule may name, for its selects. */
export function useChoices() {
  const users = useUsers()
  const groups = useAll<Group>('groups')
  const pipelines = useAll<Pipeline>('pipelines')
  const schedules = useAll<Named>('schedules')
  const sources = useSources()
  const tags = useQuery({
    queryKey: ['tags'],
    queryFn: () => api<{ items: { name: string }[] }>('GET', '/api/tags'),
    staleTime: 60_000
  })
  const several = (pipelines.data?.length ?? 0) > 1
  return {
    users: choices((users.data ?? []).filter(({ isActive }: User) => isActive)),
    groups: choices(groups.data),
    schedules: choices(schedules.data),
    sources: [...new Set((sources.data ?? []).map(({ name }) => name))],
    tags: (tags.data?.items ?? []).map(({ name }) => name),
    stages: (pipelines.data ?? []).flatMap(({ name, stages }) =>
      stages.map((stage) => ({
        value: stage.id,
        label: several ? `${name}: ${stage.name}` : stage.name
      }))
    )
  }
}
export type Choices = ReturnType<typeof useChoices>

const units = [
  ['days', 1440],
  ['hours', 60],
  ['minutes', 1]
] as const

/** The largest unit in which a time is whole. */
export function inUnits(minutes: number): { count: number; unit: (typeof units)[number][0] } {
  const [unit, size] = units.find(([, each]) => minutes % each === 0) ?? units[2]
  return { count: minutes / size, unit }
}
export const minutesOf = (count: number, unit: string): number =>
  count * (units.find(([name]) => name === unit)?.[1] ?? 1)

/** A time in words, such as "20 minutes". */
export function useDuration(): (minutes: number) => string {
  const { t } = useTranslation()
  return (minutes) => {
    const { count, unit } = inUnits(minutes)
    return t(`automation.unit.${unit}`, { count })
  }
}
