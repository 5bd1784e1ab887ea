import { ActionIcon, Group, Menu, Tooltip } from '@mantine/core'
import { IconBan, IconCheck, IconListCheck, IconStar, IconStarFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CallerList } from '../../../api/contract/callers.ts'
import { formatPhone } from '../lib/format.ts'
import { listName, useCallerLists, useMoveCaller, useStanding } from './use-lists.ts'

interface Props {
  number: string
  callId?: string | undefined
}

/** One press puts whoever calls on the list of spam or of VIPs, and back; lists of the company's own are in a menu. */
export default function CallerButtons({ number, callId }: Props) {
  const { t } = useTranslation()
  const lists = useCallerLists().data ?? []
  const standing = useStanding(number)
  const move = useMoveCaller()
  // A beginning of numbers is no caller's own: it is taken off in the settings.
  const entryOf = ({ id }: CallerList) =>
    standing.data?.entries.find(({ listId, isPrefix }) => listId === id && !isPrefix)
  const toggle = (list: CallerList): void =>
    move.mutate({ list, phone: number, callId, entryId: entryOf(list)?.id })
  const own = lists.filter(({ kind }) => kind === 'own')
  const isOff = standing.isPending || move.isPending
  return (
    <Group gap={4} wrap="nowrap" w="max-content" data-testid="caller-lists">
      {lists.map((list) => {
        if (list.kind === 'own') return null
        const isOn = entryOf(list) !== undefined
        const isSpam = list.kind === 'spam'
        const Icon = isSpam ? IconBan : isOn ? IconStarFilled : IconStar
        const label = t(`callerLists.${isOn ? 'off' : 'on'}.${list.kind}`)
        return (
          <Tooltip key={list.id} label={label}>
            <ActionIcon
              variant={isOn ? 'light' : 'subtle'}
              color={isOn ? (isSpam ? 'rust' : 'amber') : 'gray'}
              aria-label={`${label}: ${formatPhone(number)}`}
              aria-pressed={isOn}
              disabled={isOff}
              onClick={() => toggle(list)}
              data-testid={`caller-${list.kind}`}
            >
              <Icon size={17} />
            </ActionIcon>
          </Tooltip>
        )
      })}
      {own.length > 0 && (
        <Menu position="bottom-end" closeOnItemClick={false}>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('callerLists.others')}: ${formatPhone(number)}`}
            >
              <IconListCheck size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('callerLists.others')}</Menu.Label>
            {own.map((list) => (
              <Menu.Item
                key={list.id}
                leftSection={entryOf(list) ? <IconCheck size={15} /> : <span style={{ width: 15 }} />}
                disabled={isOff}
                onClick={() => toggle(list)}
              >
                {listName(list, t)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}
