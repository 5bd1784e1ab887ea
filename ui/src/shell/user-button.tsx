import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Part } from '../lib/part.tsx'
import { withTexts } from '../i18n/index.ts'
import { useMe } from '../session/session.ts'
import styles from './shell.module.css'

const UserMenu = lazy(withTexts(['phone-links'], () => import('./user-menu.tsx')))

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return (
    words
      .slice(0, 2)
      // A letter may be two units long: half of one is a question mark.
      .map((word) => [...word][0] ?? '')
      .join('')
      .toUpperCase()
  )
}

/** The signed-in user's initials: opens the menu with name, language, theme, sign-out. */
export function UserButton({ className, ...props }: React.ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <button
      type="button"
      className={`${styles.user} ${className ?? ''}`}
      // What is seen is part of the name, for whoever speaks to the page.
      aria-label={`${initials(me.name)}, ${t('shell.userMenu')}`}
      data-testid="user-menu"
      {...props}
    >
      {initials(me.name)}
    </button>
  )
}

/** The button at once; its menu as soon as it has come. Who pressed before that gets it open. */
export function UserCorner({ onKeys }: { onKeys: () => void }) {
  const [isWanted, setWanted] = useState(false)
  return (
    <Part fallback={<UserButton onClick={() => setWanted(true)} />}>
      <UserMenu onKeys={onKeys} isOpenAtFirst={isWanted} />
    </Part>
  )
}
