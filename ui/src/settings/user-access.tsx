import {
  Alert,
  Button,
  Code,
  CopyButton,
  Divider,
  Group,
  Modal,
  Stack,
  Text,
  TextInput,
  Title
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../../api/contract/config.ts'
import type { AccessLink } from '../../../api/contract/sign-in.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { Sessions } from '../session/sessions.tsx'
import { ConfirmButton } from './confirm-button.tsx'

/** What an admin does for somebody's sign-in: a link to choose a password, sessions, a lost telephone. */
export default function UserAccess({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation()
  const { id, name } = user
  const [email, setEmail] = useState('')
  const make = useMutation({
    mutationFn: () => api<AccessLink>('POST', `/api/users/${id}/links`, email === '' ? {} : { email })
  })
  const resetFactor = useMutation({
    mutationFn: () => api('DELETE', `/api/users/${id}/second-factor`),
    onSuccess: () => toast('pine', t('signIn.factorGone')),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('signIn.access', { name })}
      size="md"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md" data-testid="user-access">
        <Title order={3} fz="md">
          {t('signIn.link')}
        </Title>
        {make.data ? (
          <Made link={make.data} />
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              make.mutate()
            }}
          >
            <Stack gap="sm">
              <Text fz="sm">{t('signIn.linkAsk', { name })}</Text>
              <TextInput
                type="email"
                label={t('signIn.mailTo')}
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
              />
              {make.isError && <Alert color="rust">{explain(make.error)}</Alert>}
              <Group justify="flex-end">
                <Button type="submit" loading={make.isPending} data-testid="make-link">
                  {t('signIn.make')}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
        <Divider />
        <Title order={3} fz="md">
          {t('signIn.sessionsOf', { name })}
        </Title>
        <Sessions path={`/api/users/${id}/sessions`} />
        <Divider />
        <Group justify="flex-end">
          <ConfirmButton
            text={t('signIn.factorResetText', { name })}
            confirm={t('signIn.factorReset')}
            onConfirm={() => resetFactor.mutate()}
          >
            {(ask) => (
              <Button variant="subtle" color="rust" size="compact-sm" onClick={ask}>
                {t('signIn.factorReset')}
              </Button>
            )}
          </ConfirmButton>
        </Group>
      </Stack>
    </Modal>
  )
}

function Made({ link }: { link: AccessLink }) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm">
      <Text fz="sm">{t('signIn.linkText', { at: fullTime(link.expiresAt) })}</Text>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="access-link">
        {link.url}
      </Code>
      {link.mail && (
        <Alert color={link.mail.ok ? 'pine' : 'rust'}>
          {link.mail.ok ? t('signIn.mailOk') : t('signIn.mailFailed', { message: link.mail.message ?? '' })}
        </Alert>
      )}
      <Group justify="flex-end">
        <CopyButton value={link.url}>
          {({ copied, copy }) => (
            <Button onClick={copy}>{t(copied ? 'common.copied' : 'common.copy')}</Button>
          )}
        </CopyButton>
      </Group>
    </Stack>
  )
}
