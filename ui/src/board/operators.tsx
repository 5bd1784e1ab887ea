import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconCheck, IconDots } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Group } from '../../../api/contract/config.ts'
import type { OperatorState } from '../../../api/contract/live.ts'
import type { PauseReason } from '../../../api/contract/operators.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock, secondsSince } from '../lib/format.ts'
import { all } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { presences } from '../lib/words.ts'
import { useMe } from '../session/session.ts'
import { presenceTone } from '../shell/presence.tsx'
import shell from '../shell/shell.module.css'
import styles from './live.module.css'

const choices = ['available', 'away', 'offline'] as const

/** Sets somebody else's presence: they went home and forgot to say so. */
function Force({ operator }: { operator: OperatorState }) {
  const { t } = useTranslation()
  const set = useMutation({
    mutationFn: (presence: (typeof choices)[number]) =>
      api('POST', `/api/users/${operator.userId}/presence`, { presence }),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Menu position="bottom-end" shadow="md" width={210}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`${t('live.setPresence')}: ${operator.name}`}
          data-testid="force-presence"
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('live.setPresence')}</Menu.Label>
        {choices.map((choice) => (
          <Menu.Item
            key={choice}
            leftSection={<i className={shell.dot} data-tone={presenceTone[choice]} />}
            disabled={operator.chosen === choice}
            onClick={() => set.mutate(choice)}
            data-testid={`force-${choice}`}
          >
            {t(`presence.${choice}`)}
          </Menu.Item>
        ))}
        <Memberships operator={operator} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** Which groups ring this operator: moved from one to another in two presses. */
function Memberships({ operator }: { operator: OperatorState }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const groups = useQuery({ queryKey: ['all', 'groups'], queryFn: () => all<Group>('/api/groups') })
  const change = useMutation({
    mutationFn: ({ id, memberIds }: Group) => {
      const rest = memberIds.filter((member) => member !== operator.userId)
      const isIn = rest.length < memberIds.length
      return api('PATCH', `/api/groups/${id}`, { memberIds: isIn ? rest : [...rest, operator.userId] })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['all', 'groups'] }),
    onError: (error) => toast('rust', explain(error))
  })
  if (!groups.data || groups.data.length === 0) return null
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('wall.groups')}</Menu.Label>
      {groups.data.map((group) => (
        <Menu.Item
          key={group.id}
          closeMenuOnClick={false}
          leftSection={<IconCheck size={15} opacity={group.memberIds.includes(operator.userId) ? 1 : 0} />}
          aria-checked={group.memberIds.includes(operator.userId)}
          role="menuitemcheckbox"
          disabled={change.isPending}
          onClick={() => change.mutate(group)}
          data-testid="membership"
        >
          {group.name}
        </Menu.Item>
      ))}
    </>
  )
}

function useReasonWord(): (code: string | null) => string | null {
  const { t } = useTranslation()
  const reasons = useQuery({
    queryKey: ['all', 'pause-reasons'],
    queryFn: () => all<PauseReason>('/api/pause-reasons'),
    staleTime: 300_000
  })
  return (code) => {
    if (code === null) return null
    if (code === 'auto_missed') return t('pause.auto')
    const found = reasons.data?.find((each) => each.code === code)
    return found ? (i18next.language === 'ru' ? found.nameRu : found.nameEn) : null
  }
}

/** Operators by presence, with how long it has lasted. */
export function Operators({ operators, now }: { operators: OperatorState[]; now: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const reasonWord = useReasonWord()
  const canForce = me.role === 'admin' || me.role === 'supervisor'
  return (
    <aside
      className="sheet"
      style={{ overflow: 'hidden', paddingBottom: 8 }}
      aria-label={t('live.operators')}
    >
      {operators.length === 0 && (
        <Text c="dimmed" p="md">
          {t('live.noOperators')}
        </Text>
      )}
      {presences.map((presence) => {
        const here = operators
          .filter((each) => each.presence === presence)
          .sort((a, b) => a.name.localeCompare(b.name))
        if (here.length === 0) return null
        return (
          <div key={presence}>
            <div className={styles.groupName}>
              <span className="eyebrow">{t(`presence.${presence}`)}</span>
              <span className="eyebrow num">{here.length}</span>
            </div>
            {here.map((each) => {
              const reason = presence === 'away' ? reasonWord(each.reason) : null
              return (
                <div
                  key={each.userId}
                  className={styles.operator}
                  data-testid="live-operator"
                  data-presence={presence}
                  data-name={each.name}
                >
                  <i className={shell.dot} data-tone={presenceTone[presence]} />
                  <Text className="cut">{each.name}</Text>
                  <Text className="num" c="dimmed" fz="sm">
                    {presence === 'offline' ? '' : clock(secondsSince(each.since, now))}
                  </Text>
                  {canForce ? <Force operator={each} /> : <span />}
                  {(reason ?? (!each.isReachable && presence !== 'offline')) && (
                    <Text fz="xs" style={{ gridColumn: '2 / -1' }} c={reason ? 'dimmed' : 'rust'}>
                      {reason ?? t('live.unreachable')}
                    </Text>
                  )}
                </div>
              )
            })}
          </div>
        )
      })}
    </aside>
  )
}
