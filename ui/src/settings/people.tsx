import { Badge, Button, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, User } from '../../../api/contract/config.ts'
import { ringTones, type RingTone } from '../../../api/contract/words.ts'
import { withTexts } from '../i18n/index.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll, useUsers } from '../lib/lookups.ts'
import { roles } from '../lib/words.ts'
import { tryRing } from '../softphone/ring.ts'
import { ResourceTable } from './resource-table.tsx'

const HandOver = lazy(withTexts(['hand-over', 'many'], () => import('./hand-over.tsx')))
const UserAccess = lazy(withTexts(['sign-in'], () => import('./user-access.tsx')))

export function UsersSection() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<User | null>(null)
  const [leaver, setLeaver] = useState<User | null>(null)
  const groups = useAll<Group>('groups')
  const groupOptions = (groups.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const roleOptions = roles.map((role) => ({ value: role, label: t(`role.${role}`) }))
  /** Whoever was made without a password needs a link next. */
  const isInvited = useRef(false)
  return (
    <>
      <ResourceTable<User>
        actions={(user) => (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => setLeaver(user)}
              data-testid="hand-over-open"
            >
              {t('setup.handOver')}
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => setOpened(user)}
              data-testid="user-access-open"
            >
              {t('settings.users.access')}
            </Button>
          </>
        )}
        onSaved={(answer) => {
          if (isInvited.current) setOpened(answer as User)
        }}
        things="users"
        title={t('settings.users.title')}
        text={t('settings.users.text')}
        addLabel={t('settings.users.add')}
        nameOf={(user) => user.name}
        list={{
          filters: [
            { name: 'role', label: t('settings.users.role'), options: roleOptions },
            {
              name: 'groupId',
              label: t('bulk.groups'),
              options: [{ value: 'none', label: t('lists.without') }, ...groupOptions]
            },
            {
              name: 'isActive',
              label: t('settings.state'),
              options: [
                { value: 'true', label: t('settings.active') },
                { value: 'false', label: t('settings.inactive') }
              ]
            }
          ],
          imports: ['users', 'skills']
        }}
        bulk={{
          things: 'users',
          fields: [
            { name: 'role', label: t('settings.users.role'), type: 'select', options: roleOptions },
            { name: 'addGroupIds', label: t('bulk.addGroups'), type: 'several', options: groupOptions },
            { name: 'removeGroupIds', label: t('bulk.removeGroups'), type: 'several', options: groupOptions },
            { name: 'addSkills', label: t('bulk.addSkills'), type: 'tags' },
            { name: 'removeSkills', label: t('bulk.removeSkills'), type: 'tags' },
            { name: 'isActive', label: t('settings.active'), type: 'switch' }
          ],
          shown: [
            { name: 'groupIds', label: t('bulk.groups'), options: groupOptions },
            { name: 'skills', label: t('bulk.skills') }
          ]
        }}
        columns={[
          {
            header: t('settings.users.name'),
            cell: (user) => user.name
          },
          { header: t('login.login'), cell: (user) => user.login },
          { header: t('settings.users.role'), cell: (user) => t(`role.${user.role}`) },
          { header: t('settings.users.device'), cell: (user) => t(`device.${user.device}`) },
          {
            header: t('settings.state'),
            cell: (user) =>
              user.isActive ? (
                t(`presence.${user.presence}`)
              ) : (
                <Badge color="gray" variant="light" tt="none">
                  {t('settings.inactive')}
                </Badge>
              )
          }
        ]}
        fields={(user) => [
          { name: 'name', label: t('settings.users.name'), type: 'text', isRequired: true },
          ...(user
            ? []
            : [
                {
                  name: 'login',
                  label: t('login.login'),
                  type: 'text',
                  isRequired: true,
                  help: t('settings.users.loginHelp')
                } as const
              ]),
          {
            name: 'password',
            label: t('login.password'),
            type: 'password',
            help: t(user ? 'settings.users.passwordKeep' : 'settings.users.passwordHelp')
          },
          {
            name: 'role',
            label: t('settings.users.role'),
            type: 'select',
            options: roleOptions
          },
          {
            name: 'locale',
            label: t('shell.language'),
            type: 'select',
            options: [
              { value: 'ru', label: 'Русский' },
              { value: 'en', label: 'English' }
            ]
          },
          {
            name: 'device',
            label: t('settings.users.device'),
            type: 'select',
            options: [
              { value: 'browser', label: t('device.browser') },
              { value: 'sip', label: t('device.sip') }
            ]
          },
          {
            name: 'sipAddress',
            label: t('settings.users.sipAddress'),
            type: 'text',
            placeholder: 'sip:101@192.0.2.10:5060',
            help: t('settings.users.sipAddressHelp'),
            when: (values) => values['device'] === 'sip'
          },
          ...(user ? [{ name: 'isActive', label: t('settings.active'), type: 'switch' } as const] : [])
        ]}
        toForm={(user) => ({
          name: user?.name ?? '',
          login: user?.login ?? '',
          password: '',
          role: user?.role ?? 'operator',
          locale: user?.locale ?? 'ru',
          device: user?.device ?? 'browser',
          sipAddress: user?.sipAddress ?? '',
          isActive: user?.isActive ?? true
        })}
        toBody={({ login, password, sipAddress, isActive, ...rest }, isNew) => {
          isInvited.current = isNew && !password
          return {
            ...rest,
            sipAddress: sipAddress || null,
            ...(isNew && { login }),
            ...(!isNew && { isActive }),
            ...(password ? { password } : {})
          }
        }}
      />
      {leaver && (
        <Suspense>
          <HandOver user={leaver} onClose={() => setLeaver(null)} />
        </Suspense>
      )}
      {opened && (
        <Suspense>
          <UserAccess user={opened} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </>
  )
}

/** Lets hear a tone before it is chosen for a whole group. */
function TryTone({ tone }: { tone: RingTone | undefined }) {
  const { t } = useTranslation()
  return (
    <Button
      variant="default"
      leftSection={<IconBell size={15} />}
      disabled={!tone}
      onClick={() => inBackground(tryRing(tone))}
      data-testid="try-tone"
    >
      {t('settings.groups.listen')}
    </Button>
  )
}

export function GroupsSection() {
  const { t } = useTranslation()
  const users = useUsers()
  const names = new Map((users.data ?? []).map((user) => [user.id, user.name]))
  const tones = ringTones.map((value) => ({ value, label: t(`settings.groups.tone.${value}`) }))
  return (
    <ResourceTable<Group>
      things="groups"
      title={t('settings.groups.title')}
      text={t('settings.groups.text')}
      addLabel={t('settings.groups.add')}
      nameOf={(each) => each.name}
      list={{ filters: [], imports: ['groups'] }}
      bulk={{
        things: 'groups',
        fields: [
          { name: 'wrapUpSeconds', label: t('bulk.wrapUp'), type: 'number' },
          { name: 'ringTone', label: t('settings.groups.ringTone'), type: 'select', options: tones }
        ]
      }}
      columns={[
        { header: t('settings.name'), cell: (each) => each.name },
        {
          header: t('settings.groups.members'),
          cell: (each) => (
            <Text fz="sm" lineClamp={2}>
              {each.memberIds.map((id) => names.get(id) ?? '…').join(', ') || '–'}
            </Text>
          )
        }
      ]}
      fields={() => [
        { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
        {
          name: 'memberIds',
          label: t('settings.groups.members'),
          type: 'several',
          options: (users.data ?? []).map((user) => ({ value: user.id, label: user.name })),
          help: t('settings.groups.membersHelp')
        },
        {
          name: 'ringTone',
          label: t('settings.groups.ringTone'),
          type: 'select',
          options: tones,
          help: t('settings.groups.ringToneHelp'),
          beside: (value) => <TryTone tone={ringTones.find((tone) => tone === value)} />
        }
      ]}
      toForm={(each) => ({
        name: each?.name ?? '',
        memberIds: each?.memberIds ?? [],
        ringTone: each?.ringTone ?? ringTones[0]
      })}
    />
  )
}
