import '../styles/later.ts'
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Group, Modal, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

/** Changes the own password; the present one is asked for, and other browsers are signed out. */
export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const save = useMutation({
    mutationFn: () => api('PUT', '/api/me/password', { current, password }),
    onSuccess: async () => {
      toast('pine', t('password.changed'))
      await client.invalidateQueries({ queryKey: ['me'] })
      onClose()
    }
  })
  const errors = fieldErrors(save.error)
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('password.title')}
      size="sm"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          <PasswordInput
            data-autofocus
            required
            autoComplete="current-password"
            label={t('password.current')}
            value={current}
            error={errors['current']}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            data-testid="password-current"
          />
          <PasswordInput
            required
            autoComplete="new-password"
            label={t('password.next')}
            description={t('password.help')}
            value={password}
            error={errors['password']}
            onChange={(event) => setPassword(event.currentTarget.value)}
            data-testid="password-next"
          />
          {save.isError && Object.keys(errors).length === 0 && (
            <Alert color="rust">{explain(save.error)}</Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} data-testid="password-save">
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
