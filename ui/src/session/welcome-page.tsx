import '../styles/sign-in.ts'
import { Alert, Button, Loader, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LinkSeen } from '../../../api/contract/sign-in.ts'
import { Brand } from '../brand/mark.tsx'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import styles from './login.module.css'
import { asksForCode, useLogin } from './session.ts'

/** Where an invitation or a link for a new password leads: choose a password, and be signed in. */
export default function WelcomePage() {
  const { t } = useTranslation()
  // Behind `#`, so that no server log ever holds it.
  const [token] = useState(() => location.hash.slice(1))
  const [password, setPassword] = useState('')
  const signIn = useLogin()
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => api<LinkSeen>('POST', '/api/auth/links/look', { token }),
    retry: false,
    staleTime: Infinity
  })
  const save = useMutation({
    async mutationFn({ login }: LinkSeen) {
      await api('POST', '/api/auth/links/use', { token, password })
      // With a second factor the sign-in page asks for its code.
      await signIn(login, password).catch((error: unknown) => {
        if (!asksForCode(error)) throw error
      })
    },
    onSuccess: () => location.replace('/')
  })
  const errors = fieldErrors(save.error)
  return (
    <main className={styles.scene}>
      <header className={styles.top}>
        <Brand size={26} />
        <LanguageSwitch />
      </header>
      <div className={styles.middle}>
        {link.isPending && <Loader type="dots" size="sm" />}
        {link.isError && (
          <div className={`sheet ${styles.card}`} data-testid="link-ended">
            <Stack gap="md">
              <Title order={1} fz={24}>
                {t('signIn.ended')}
              </Title>
              <Text>{explain(link.error)}</Text>
              <Button component="a" href="/" variant="default">
                {t('signIn.toLogin')}
              </Button>
            </Stack>
          </div>
        )}
        {link.data && (
          <form
            className={`sheet ${styles.card}`}
            onSubmit={(event) => {
              event.preventDefault()
              save.mutate(link.data)
            }}
            data-testid="welcome-form"
          >
            <Stack gap="md">
              <div>
                <Title order={1} fz={24}>
                  {t('signIn.welcome', { name: link.data.name })}
                </Title>
                <Text c="dimmed" mt={4}>
                  {t(`signIn.${link.data.kind}`, { login: link.data.login })}
                </Text>
              </div>
              {save.isError && Object.keys(errors).length === 0 && (
                <Alert color="rust" role="alert">
                  {explain(save.error)}
                </Alert>
              )}
              {/* Password managers keep both together. */}
              <input
                type="text"
                name="login"
                autoComplete="username"
                value={link.data.login}
                readOnly
                hidden
              />
              <PasswordInput
                label={t('signIn.password')}
                description={t('signIn.passwordHelp')}
                autoComplete="new-password"
                minLength={8}
                autoFocus
                required
                withAsterisk={false}
                size="md"
                value={password}
                error={errors['password']}
                onChange={(event) => setPassword(event.currentTarget.value)}
                visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
                data-testid="welcome-password"
              />
              <Button type="submit" size="md" fullWidth loading={save.isPending} data-testid="welcome-save">
                {t('signIn.save')}
              </Button>
            </Stack>
          </form>
        )}
      </div>
    </main>
  )
}
