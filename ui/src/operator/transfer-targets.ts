import { useTranslation } from 'react-i18next'
import type { Presence } from '../../../api/contract/common.ts'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import { formatPhone } from '../lib/format.ts'
import { useAll, useUsers } from '../lib/lookups.ts'
import { byPresence, matches, numberIn } from '../lib/find.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'

/** Somebody or something that a call can be given to. */
export interface Target {
  key: string
  kind: 'user' | 'group' | 'scheme' | 'external'
  name: string
  about: string
  presence: Presence | null
  /** As the API takes it. */
  target: object
}

/** Whom the search finds: people first, then groups, schemes, and a number that was typed. */
export function useTargets(search: string): Target[] {
  const { t } = useTranslation()
  const me = useMe()
  const board = useBoard()
  const users = useUsers()
  const groups = useAll<{ id: string; name: string; memberIds: string[] }>('groups')
  // Operators need not see schemes; whoever may, can send a caller back into one.
  const schemes = useAll<SchemeRecord>('schemes', me.role === 'admin' || me.role === 'supervisor')
  const extensions = new Map((users.data ?? []).map((user) => [user.id, user.extension]))
  const people = Object.values(board.operators)
    .filter((each) => each.userId !== me.id && each.presence !== 'offline')
    .filter((each) => matches(search, each.name, extensions.get(each.userId)))
    .sort(byPresence)
    .map<Target>((each) => ({
      key: `user-${each.userId}`,
      kind: 'user',
      name: each.name,
      about: [
        t(`presence.${each.presence}`),
        each.isReachable ? null : t('live.unreachable'),
        extensions.get(each.userId)
      ]
        .filter(Boolean)
        .join(' · '),
      presence: each.isReachable ? each.presence : 'offline',
      target: { kind: 'user', userId: each.userId }
    }))
  const free = new Set(
    Object.values(board.operators)
      .filter((each) => each.presence === 'available')
      .map((each) => each.userId)
  )
  const teams = (groups.data ?? [])
    .filter((each) => matches(search, each.name))
    .map<Target>((each) => ({
      key: `group-${each.id}`,
      kind: 'group',
      name: each.name,
      about: t('transfer.free', { count: each.memberIds.filter((id) => free.has(id)).length }),
      presence: null,
      target: { kind: 'group', groupId: each.id }
    }))
  const paths = (schemes.data ?? [])
    .filter((each) => each.publishedVersion !== null && matches(search, each.name))
    .map<Target>((each) => ({
      key: `scheme-${each.id}`,
      kind: 'scheme',
      name: each.name,
      about: t('transfer.scheme'),
      presence: null,
      target: { kind: 'scheme', schemeId: each.id }
    }))
  const number = numberIn(search)
  const outside: Target[] = number
    ? [
        {
          key: 'external',
          kind: 'external',
          name: formatPhone(number),
          about: t('transfer.outside'),
          presence: null,
          target: { kind: 'external', number }
        }
      ]
    : []
  return [...people, ...outside, ...teams, ...paths]
}
