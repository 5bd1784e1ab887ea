import {
  IconBriefcase,
  IconBroadcast,
  IconChartBar,
  IconHeadset,
  IconInbox,
  IconList,
  IconSettings
} from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router'
import { withTexts } from '../i18n/index.ts'
import { Brand } from '../brand/mark.tsx'
import { useKeys } from '../lib/use-keys.ts'
import { LiveProvider } from '../live/use-live.tsx'
import { CallCard } from '../operator/call-card.tsx'
import { useCallAttention } from '../operator/use-call-attention.ts'
import { useMe } from '../session/session.ts'
import { SoftphoneProvider, useSoftphone } from '../softphone/softphone-provider.tsx'
import { useRejoin } from '../softphone/rejoin.ts'
import { useCurrentCall, useOwnWishesAnswered } from '../softphone/use-current-call.ts'
import { HealthBanner } from './health-banner.tsx'
import { PresenceChoice, useOwnPresence } from './presence.tsx'
import styles from './shell.module.css'
import { SoftphonePill } from './softphone-pill.tsx'
import { UserCorner } from './user-button.tsx'
import { inBackground } from '../lib/in-background.ts'

const KeysSheet = lazy(() => import('./keys-sheet.tsx'))
const JobTray = lazy(withTexts(['jobs'], () => import('../jobs/tray.tsx')))
const CoverageBanner = lazy(withTexts(['coverage'], () => import('../tracking/coverage-banner.tsx')))

const places = [
  { to: '/', key: 'desk', icon: IconHeadset },
  { to: '/live', key: 'live', icon: IconBroadcast },
  { to: '/journal', key: 'journal', icon: IconList },
  { to: '/inquiries', key: 'inquiries', icon: IconInbox },
  { to: '/deals', key: 'deals', icon: IconBriefcase },
  { to: '/reports', key: 'reports', icon: IconChartBar },
  { to: '/settings', key: 'settings', icon: IconSettings }
] as const

function usePlaces() {
  const me = useMe()
  return places.filter(({ key }) => {
    if (key === 'settings') return me.role !== 'operator'
    if (key === 'journal' || key === 'inquiries' || key === 'deals') return true
    if (key === 'reports') return me.role !== 'operator'
    return me.role !== 'marketer'
  })
}

/** A call shows on every page: in full on the operator's own page, docked in the corner elsewhere. */
function CallDock() {
  const current = useCurrentCall()
  const { pathname } = useLocation()
  const { registration } = useSoftphone()
  useCallAttention(current, registration !== 'elsewhere')
  useOwnWishesAnswered(current)
  useRejoin(current)
  if (!current || pathname === '/') return null
  return <CallCard current={current} isDocked />
}

function Frame() {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const { call } = useSoftphone()
  const shown = usePlaces()
  const presence = useOwnPresence()
  const [areKeysOpen, setKeysOpen] = useState(false)
  const go = (index: number) => {
    const place = shown[index]
    // In a talk digits belong to the keypad, after it to the codes of how it ended.
    if (!place || call || presence === 'wrapUp') return undefined
    return () => inBackground(navigate(place.to))
  }
  const pages = Object.fromEntries(shown.map((_place, index) => [`Digit${index + 1}`, go(index)]))
  useKeys({ '?': () => setKeysOpen(true), ...pages })
  const links = (place: 'nav' | 'tab') =>
    shown.map(({ to, key, icon: Icon }) => (
      <NavLink
        key={to}
        to={to}
        end={to === '/'}
        className={styles.link ?? ''}
        data-testid={`${place}-${key}`}
      >
        <Icon size={18} stroke={1.8} />
        <span>{t(`nav.${key}`)}</span>
      </NavLink>
    ))
  return (
    <>
      <header className={styles.bar}>
        <Link to="/" className={styles.home} aria-label="Ringtrace">
          <Brand size={23} />
        </Link>
        <nav className={styles.nav} aria-label={t('shell.navigation')}>
          {links('nav')}
        </nav>
        <div className={styles.right}>
          {me.role !== 'marketer' && (
            <>
              <SoftphonePill />
              <PresenceChoice />
            </>
          )}
          <Suspense>
            <JobTray />
          </Suspense>
          <UserCorner onKeys={() => setKeysOpen(true)} />
        </div>
      </header>
      <HealthBanner />
      {(me.role === 'admin' || me.role === 'marketer') && (
        <Suspense>
          <CoverageBanner />
        </Suspense>
      )}
      <Outlet />
      <nav className={styles.tabs} aria-label={t('shell.navigation')}>
        {links('tab')}
      </nav>
      <CallDock />
      {areKeysOpen && (
        <Suspense>
          <KeysSheet onClose={() => setKeysOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

/** Everything around the pages: navigation, the feed, and the phone. */
export function Shell() {
  const me = useMe()
  return (
    <LiveProvider isOn={me.role !== 'marketer'}>
      <SoftphoneProvider key={me.id}>
        <Frame />
      </SoftphoneProvider>
    </LiveProvider>
  )
}
