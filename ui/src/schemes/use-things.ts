import { useMemo } from 'react'
import type {
  Group,
  SchemeRecord,
  Source,
  TrackingNumber,
  Trunk,
  User
} from '../../../api/contract/config.ts'
import type { CallerList } from '../../../api/contract/callers.ts'
import type { Schedule } from '../../../api/contract/schedules.ts'
import type { MusicClass, Prompt } from '../../../api/contract/media.ts'
import type { KnownMedia } from '../../../ivr/media.ts'
import { prompts as ownPrompts } from '../../../ivr/sounds.ts'
import { schedulesOf, type Schedules } from '../../../ivr/schedules.ts'
import type { KnownThings } from '../../../ivr/validate.ts'
import { useAll, useNumbers, useSources, useUsers } from '../lib/lookups.ts'

export interface Choice {
  value: string
  label: string
}

/** What blocks may name, as choices. */
export interface Things {
  groups: readonly Choice[]
  trunks: readonly Choice[]
  schemes: readonly Choice[]
  music: readonly Choice[]
  sites: readonly Choice[]
  sources: readonly Choice[]
  numbers: readonly Choice[]
  callerLists: readonly Choice[]
  schedules: readonly Choice[]
  /** As calls go by them. */
  hours: Schedules
  users: readonly User[]
  groupList: readonly Group[]
  numberList: readonly TrackingNumber[]
  sourceList: readonly Source[]
  /** Uploaded sounds, and those that come with the system by their words. */
  sounds: { own: readonly Choice[]; system: readonly Choice[] }
  known: KnownThings & KnownMedia
}

/** Everything outside the scheme that its blocks may name; null while it is fetched. */
export function useThings(schemeId: string, locale: 'ru' | 'en'): Things | null {
  const groups = useAll<Group>('groups').data
  const trunks = useAll<Trunk>('trunks').data
  const schemes = useAll<SchemeRecord>('schemes').data
  const prompts = useAll<Prompt>('prompts').data
  const music = useAll<MusicClass>('music-classes').data
  const callerLists = useAll<CallerList>('caller-lists').data
  const schedules = useAll<Schedule>('schedules').data
  const sites = useAll<{ id: string; name: string }>('sites').data
  const sources = useSources().data
  const numbers = useNumbers().data
  const users = useUsers().data
  return useMemo(() => {
    if (
      !groups ||
      !trunks ||
      !schemes ||
      !prompts ||
      !music ||
      !callerLists ||
      !schedules ||
      !sites ||
      !sources ||
      !numbers ||
      !users
    ) {
      return null
    }
    const choices = (items: readonly { id: string; name: string }[]): Choice[] =>
      items.map(({ id, name }) => ({ value: id, label: name }))
    const ids = (items: readonly { id: string }[]): Set<string> => new Set(items.map(({ id }) => id))
    return {
      groups: choices(groups),
      trunks: choices(trunks),
      schemes: choices(schemes.filter(({ id }) => id !== schemeId)),
      music: choices(music),
      sites: choices(sites),
      sources: choices(sources),
      numbers: numbers.map(({ id, e164, label }) => ({
        value: id,
        label: label === null ? e164 : `${e164} · ${label}`
      })),
      callerLists: choices(callerLists),
      schedules: choices(schedules),
      hours: schedulesOf(
        schedules.map((schedule) => ({ ...schedule, timeZone: schedule.ownTimeZone })),
        'Europe/Moscow'
      ),
      users,
      groupList: groups,
      numberList: numbers,
      sourceList: sources,
      sounds: {
        own: prompts.map(({ sound, name }) => ({ value: sound, label: name })),
        system: ownPrompts.map((prompt) => ({ value: `ringtrace/${prompt.id}`, label: prompt[locale] }))
      },
      known: {
        groupIds: ids(groups),
        trunkIds: ids(trunks),
        schemeIds: ids(schemes),
        scheduleIds: ids(schedules),
        promptIds: ids(prompts),
        musicIds: ids(music)
      }
    }
  }, [
    groups,
    trunks,
    schemes,
    prompts,
    music,
    callerLists,
    schedules,
    sites,
    sources,
    numbers,
    users,
    schemeId,
    locale
  ])
}
