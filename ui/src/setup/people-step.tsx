import { Badge, Button, Code, CopyButton, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy, IconUserPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Group, User } from '../../../api/contract/config.ts'
import type { AccessLink } from '../../../api/contract/sign-in.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { roles } from '../lib/words.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import { loginOf } from './places.ts'
import styles from './setup.module.css'
import { StepFrame, type StepProps } from './step-frame.tsx'
import { useOwn } from './use-own.ts'

type Role = User['role']
const none = 'none'

/** People who answer calls: an account, a place in a group, and a link by which they choose a password. */
export function PeopleStep(frame: StepProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const people = useOwn<User>('users').filter(({ id, isActive }) => id !== me.id && isActive)
  const groups = useAll<Group>('groups').data ?? []
  const [name, setName] = useState('')
  const [typedLogin, setLogin] = useState<string | null>(null)
  const [role, setRole] = useState<Role>('operator')
  const [typedGroup, setGroup] = useState<string | null>(null)
  const [links, setLinks] = useState<Readonly<Record<string, string>>>({})
  /** Whom an attempt has made before something went wrong. */
  const made = useRef<{ login: string; user: User } | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const login = typedLogin ?? loginOf(name)
  const groupId = typedGroup ?? groups.at(0)?.id ?? none

  const link = async (user: User): Promise<void> => {
    const { url } = await api<AccessLink>('POST', `/api/users/${user.id}/links`, {})
    setLinks((before) => ({ ...before, [user.id]: url }))
  }
  const invite = useMutation({
    async mutationFn() {
      if (made.current?.login !== login) {
        const user = await api<User>('POST', '/api/users', { name, login, role })
        made.current = { login, user }
      }
      const { user } = made.current
      if (groupId !== none) {
        const { memberIds } = await api<Group>('GET', `/api/groups/${groupId}`)
        if (!memberIds.includes(user.id))
          await api('PATCH', `/api/groups/${groupId}`, { memberIds: [...memberIds, user.id] })
      }
      await link(user)
    },
    onSuccess: () => {
      made.current = null
      setName('')
      setLogin(null)
      field.current?.focus()
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['all'] }),
        client.invalidateQueries({ queryKey: ['setup'] })
      ])
  })
  const again = useMutation({
    mutationFn: link,
    onError: (error) => toast('rust', explain(error))
  })
  const errors = fieldErrors(invite.error)
  const isTyped = name.trim() !== ''
  return (
    <StepFrame
      {...frame}
      name="people"
      title={t('wizard.people.title')}
      text={t('wizard.people.text')}
      isDone={people.length > 0 && !isTyped}
      error={Object.keys(errors).length > 0 ? null : invite.error}
      action={
        people.length > 0 && !isTyped
          ? null
          : {
              label: t('wizard.people.invite'),
              isBusy: invite.isPending,
              isDisabled: !isTyped || login === '',
              run: () => invite.mutate()
            }
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <TextInput
          ref={field}
          label={t('wizard.people.name')}
          leftSection={<IconUserPlus size={16} />}
          data-autofocus
          maxLength={200}
          value={name}
          error={errors['name']}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="invite-name"
        />
        <TextInput
          label={t('wizard.people.login')}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={login}
          error={errors['login']}
          onChange={(event) => setLogin(event.currentTarget.value)}
          data-testid="invite-login"
        />
        <Select
          label={t('wizard.people.role')}
          data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
          value={role}
          allowDeselect={false}
          onChange={(value) => setRole(roles.find((each) => each === value) ?? role)}
        />
        <Select
          label={t('wizard.people.group')}
          data={[
            ...groups.map((group) => ({ value: group.id, label: group.name })),
            { value: none, label: t('wizard.people.noGroup') }
          ]}
          value={groupId}
          allowDeselect={false}
          onChange={(value) => setGroup(value ?? none)}
        />
      </SimpleGrid>
      {people.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('wizard.people.nobody')}
        </Text>
      ) : (
        <div>
          <span className="eyebrow">{t('wizard.people.invited')}</span>
          <ul className={styles.people}>
            {people.map((user) => (
              <Invited
                key={user.id}
                user={user}
                url={links[user.id] ?? null}
                isBusy={again.isPending && again.variables.id === user.id}
                onLink={() => again.mutate(user)}
              />
            ))}
          </ul>
        </div>
      )}
    </StepFrame>
  )
}

interface InvitedProps {
  user: User
  url: string | null
  isBusy: boolean
  onLink: () => void
}

function Invited({ user, url, isBusy, onLink }: InvitedProps) {
  const { t } = useTranslation()
  const isHere = useBoard().operators[user.id]?.isReachable === true
  return (
    <li data-testid="invited" data-login={user.login}>
      <div className={styles.person}>
        <div>
          <b>{user.name}</b>{' '}
          <Text span fz="sm" c="dimmed">
            {user.login} · {t(`role.${user.role}`)}
          </Text>
        </div>
        <Badge color={isHere ? 'pine' : 'gray'} variant="light" tt="none">
          {t(isHere ? 'wizard.people.here' : 'wizard.people.waits')}
        </Badge>
        {!isHere && url === null && (
          <Button size="compact-sm" variant="subtle" loading={isBusy} onClick={onLink} data-testid="new-link">
            {t('wizard.people.newLink')}
          </Button>
        )}
      </div>
      {url !== null && (
        <div className={styles.link}>
          <Code data-testid="invite-link" aria-label={t('wizard.people.link', { name: user.name })}>
            {url}
          </Code>
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant={copied ? 'light' : 'default'}
                leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
                onClick={copy}
                data-testid="copy-link"
              >
                {t(copied ? 'common.copied' : 'common.copy')}
              </Button>
            )}
          </CopyButton>
          <Text fz="xs" c="dimmed">
            {t('wizard.people.linkText')}
          </Text>
        </div>
      )}
    </li>
  )
}
