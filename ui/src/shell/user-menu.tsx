import '../styles/menus.ts'
import { Menu, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core'
import { IconKey, IconKeyboard, IconLogout, IconPhoneOutgoing } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { forgetSession, useMe } from '../session/session.ts'
import { useMayCall } from '../operator/click-to-call.tsx'
import { canTakeLinks, takeLinks } from '../operator/phone-links.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { UserButton } from './user-button.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'

const PasswordDialog = lazy(() => import('./password-dialog.tsx'))

/** Name, language, theme, keys, sign out. */
export default function UserMenu({ onKeys, isOpenAtFirst }: { onKeys: () => void; isOpenAtFirst: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { call } = useSoftphone()
  const mayCall = useMayCall()
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
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={260} closeOnItemClick defaultOpened={isOpenAtFirst}>
        <Menu.Target>
          <UserButton />
        </Menu.Target>
        <Menu.Dropdown>
          <div style={{ padding: '8px 12px' }}>
            <Text fw={620}>{me.name}</Text>
            <Text c="dimmed" fz="sm">
              {t(`role.${me.role}`)} · {me.login}
            </Text>
          </div>
          <Menu.Divider />
          <div style={{ display: 'grid', gap: 8, padding: '8px 12px' }}>
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
          <Menu.Divider />
          <Menu.Item leftSection={<IconKeyboard size={16} />} rightSection={<kbd>?</kbd>} onClick={onKeys}>
            {t('keys.title')}
          </Menu.Item>
          {mayCall && canTakeLinks() && (
            <Menu.Item
              leftSection={<IconPhoneOutgoing size={16} />}
              onClick={() =>
                takeLinks()
                  ? toast('pine', t('phoneLinks.asked'), 12_000)
                  : toast('amber', t('phoneLinks.unable'), 12_000)
              }
              data-testid="take-links"
            >
              {t('phoneLinks.offer')}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconKey size={16} />}
            onClick={() => setPasswordOpen(true)}
            data-testid="change-password"
          >
            {t('password.title')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLogout size={16} />}
            onClick={() => inBackground(signOut())}
            data-testid="sign-out"
          >
            {t('shell.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isPasswordOpen && (
        <Suspense>
          <PasswordDialog onClose={() => setPasswordOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
