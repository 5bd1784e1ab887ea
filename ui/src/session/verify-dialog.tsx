import '../styles/later.ts'
import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { useMe } from './session.ts'

/** The own password again, before what cannot be left to whoever finds a screen open. */
export default function VerifyDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const { login } = useMe()
  const [password, setPassword] = useState('')
  const show = useMutation({
    mutationFn: () => api('POST', '/api/me/verify', { password }),
    onSuccess: onDone
  })
  const errors = fieldErrors(show.error)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('signIn.verifyTitle')}
      size="sm"
      // Above the dialog whose button asked.
      zIndex={400}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          show.mutate()
        }}
        data-testid="verify-form"
      >
        <Stack gap="sm">
          <Text fz="sm">{t('signIn.verifyText')}</Text>
          {/* Password managers keep both together. */}
          <input type="text" name="login" autoComplete="username" value={login} readOnly hidden />
          <PasswordInput
            data-autofocus
            required
            autoComplete="current-password"
            label={t('signIn.yourPassword')}
            value={password}
            error={errors['password'] === undefined ? undefined : t('signIn.verifyWrong')}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
            data-testid="verify-password"
          />
          {show.isError && Object.keys(errors).length === 0 && (
            <Alert color="rust">{explain(show.error)}</Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={show.isPending} data-testid="verify-send">
              {t('signIn.next')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
