import '../styles/menus.ts'
import { Divider, Popover, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core'
import {
  IconKey,
  IconKeyboard,
  IconLogout,
  IconPhoneOutgoing,
  IconShieldLock,
  type Icon
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { forgetSession, useMe } from '../session/session.ts'
import { useMayCall } from '../operator/click-to-call.tsx'
import { canTakeLinks, takeLinks } from '../operator/phone-links.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import { withTexts } from '../i18n/index.ts'
import { LanguageSwitch } from './language-switch.tsx'
import styles from './shell.module.css'
import { UserButton } from './user-button.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'

const SecurityDialog = lazy(withTexts(['sign-in'], () => import('../session/security-dialog.tsx')))
const PasswordDialog = lazy(() => import('./password-dialog.tsx'))

/** Name, language, theme, keys, sign out. */
export default function UserMenu({ onKeys, isOpenAtFirst }: { onKeys: () => void; isOpenAtFirst: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { call } = useSoftphone()
  const mayCall = useMayCall()
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const [isSecurityOpen, setSecurityOpen] = useState(false)
  const [isPasswordOpen, setPasswordOpen] = useState(false)
  const { colorScheme, setColorScheme } = useMantineColorScheme()

  const signOut = async (): Promise<void> => {
    if (call) {
      toast('amber', t('shell.signOutInCall'))
      return
    }
    try {
      await api('POST', '/api/auth/logout', {})
    } catch (error) {
      if (!(error instanceof ApiError && error.problem.status === 401)) {
        toast('rust', explain(error))
        return
      }
    }
    forgetSession(client)
  }
  const keepLocale = (locale: 'ru' | 'en'): void => {
    // The screen has changed already; the account follows for e-mails and other browsers.
    api('PUT', '/api/me/locale', { locale }).catch((error: unknown) => {
      toast('rust', explain(error))
    })
  }
  const offerLinks = (): void => {
    if (takeLinks()) toast('pine', t('phoneLinks.asked'), 12_000)
    else toast('amber', t('phoneLinks.unable'), 12_000)
  }
  const line = (Picture: Icon, label: string, run: () => void, testId: string, aside?: ReactNode) => (
    <button
      type="button"
      className={styles.menuLine}
      onClick={() => {
        setOpen(false)
        run()
      }}
      data-testid={testId}
    >
      <Picture size={16} />
      <span>{label}</span>
      {aside}
    </button>
  )
  return (
    <>
      {/* No menu: a menu may hold nothing but its items, and languages and themes are choices of their own. */}
      <Popover
        position="bottom-end"
        shadow="md"
        width={270}
        opened={isOpen}
        onChange={setOpen}
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <UserButton onClick={() => setOpen(!isOpen)} />
        </Popover.Target>
        <Popover.Dropdown p={6} aria-label={t('shell.userMenu')}>
          <div className={styles.menuPart}>
            <Text fw={620}>{me.name}</Text>
            <Text c="dimmed" fz="sm">
              {t(`role.${me.role}`)} · {me.login}
            </Text>
          </div>
          <Divider my={4} mx={-6} />
          <div className={styles.menuPart}>
            <LanguageSwitch onChange={keepLocale} />
            <SegmentedControl
              size="xs"
              aria-label={t('shell.theme')}
              value={colorScheme}
              onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
              data={[
                { value: 'light', label: t('shell.light') },
                { value: 'dark', label: t('shell.dark') },
                { value: 'auto', label: t('shell.auto') }
              ]}
            />
          </div>
          <Divider my={4} mx={-6} />
          {line(IconKeyboard, t('keys.title'), onKeys, 'open-keys', <kbd>?</kbd>)}
          {mayCall &&
            canTakeLinks() &&
            line(IconPhoneOutgoing, t('phoneLinks.offer'), offerLinks, 'take-links')}
          {line(IconKey, t('password.title'), () => setPasswordOpen(true), 'change-password')}
          {line(IconShieldLock, t('shell.security'), () => setSecurityOpen(true), 'security')}
          {line(IconLogout, t('shell.signOut'), () => inBackground(signOut()), 'sign-out')}
        </Popover.Dropdown>
      </Popover>
      {isSecurityOpen && (
        <Suspense>
          <SecurityDialog onClose={() => setSecurityOpen(false)} />
        </Suspense>
      )}
      {isPasswordOpen && (
        <Suspense>
          <PasswordDialog onClose={() => setPasswordOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
