import '../styles/sign-in.ts'
import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Brand } from '../brand/mark.tsx'
import { explain } from '../lib/explain.ts'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import { useDemo } from './demo.ts'
import styles from './login.module.css'
import { asksForCode, useLogin } from './session.ts'
import { inBackground } from '../lib/in-background.ts'

/** The brand's line across the page: it comes in, goes round the card, and ends at a source. */
function Trace() {
  return (
    <svg
      className={styles.trace}
      viewBox="0 0 1280 720"
      preserveAspectRatio="xMidYMid slice"
      fill="none"
      aria-hidden
    >
      <path
        d="M-20 640H236c84 0 102-34 118-96 34-134 84-238 286-238 172 0 296 118 296 276"
        stroke="currentColor"
        strokeWidth="2"
      />
      <path
        d="M-20 664H244c100 0 120-46 138-112 30-112 92-222 258-222 156 0 270 104 270 250"
        stroke="currentColor"
      />
      <path
        d="M-20 616H226c70 0 86-24 102-82C366 396 426 282 640 282c188 0 322 132 322 300"
        stroke="currentColor"
      />
      <circle cx="936" cy="582" r="7" fill="var(--rt-ring)" opacity=".9" />
    </svg>
  )
}

export default function LoginPage() {
  const { t } = useTranslation()
  const signIn = useLogin()
  const demo = useDemo()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  /** Null: nobody has asked for one. */
  const [code, setCode] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)

  const submit = async (asLogin: string, withPassword: string): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      await signIn(asLogin, withPassword, code ?? undefined)
    } catch (error) {
      if (asksForCode(error)) setCode('')
      else setFailure(explain(error))
      setBusy(false)
    }
  }
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    inBackground(submit(login.trim(), password))
  }
  const hint = demo.data?.isDemo ? demo.data : null
  return (
    <main className={styles.scene}>
      <Trace />
      <header className={styles.top}>
        <Brand size={26} />
        <LanguageSwitch />
      </header>
      <div className={styles.middle}>
        <form className={`sheet ${styles.card}`} onSubmit={onSubmit} data-testid="login-form">
          <Stack gap="md">
            <div>
              <Title order={1} fz={24}>
                {t('login.title')}
              </Title>
              <Text c="dimmed" mt={4}>
                {t('login.subtitle')}
              </Text>
            </div>
            {failure && (
              <Alert color="rust" icon={<IconAlertCircle size={18} />} role="alert" data-testid="login-error">
                {failure}
              </Alert>
            )}
            <TextInput
              label={t('login.login')}
              name="login"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              required
              withAsterisk={false}
              size="md"
              value={login}
              onChange={(event) => setLogin(event.currentTarget.value)}
              data-testid="login-name"
            />
            <PasswordInput
              label={t('login.password')}
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              size="md"
              value={password}
              onChange={(event) => {
                setPassword(event.currentTarget.value)
                setCode(null)
              }}
              visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
              data-testid="login-password"
            />
            {code !== null && (
              <TextInput
                label={t('login.code')}
                description={t('login.codeHelp')}
                name="code"
                autoComplete="one-time-code"
                autoFocus
                required
                withAsterisk={false}
                size="md"
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
                data-testid="login-code"
              />
            )}
            <Button type="submit" size="md" fullWidth loading={isBusy} mt={4} data-testid="login-submit">
              {t('login.submit')}
            </Button>
          </Stack>
        </form>
        {hint && (
          <aside className={styles.demo} data-testid="demo-hint">
            <Text fw={600}>{t('login.demoTitle')}</Text>
            <Text fz="sm" mt={2}>
              {t(hint.password ? 'login.demoChoose' : 'login.demoText')}
            </Text>
            {hint.password && (
              <div className={styles.people}>
                {hint.logins?.map((each) => (
                  <button
                    type="button"
                    key={each.login}
                    className={styles.person}
                    disabled={isBusy}
                    onClick={() => inBackground(submit(each.login, hint.password ?? ''))}
                    data-testid={`demo-login-${each.login}`}
                  >
                    {each.name}
                    <span>{t(`role.${each.role}`)}</span>
                  </button>
                ))}
              </div>
            )}
          </aside>
        )}
      </div>
    </main>
  )
}
