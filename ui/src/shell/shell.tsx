import {
  IconBriefcase,
  IconBroadcast,
  IconChartBar,
  IconChecklist,
  IconHeadset,
  IconInbox,
  IconList,
  IconSettings,
  IconUsers
} from '@tabler/icons-react'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, Outlet, useLocation } from 'react-router'
import { Part } from '../lib/part.tsx'
import { withTexts } from '../i18n/index.ts'
import { Brand } from '../brand/mark.tsx'
import { LiveProvider } from '../live/use-live.tsx'
import { CallCard } from '../operator/call-card.tsx'
import { RingAnnouncer } from '../operator/ring-announcer.tsx'
import { useCallAttention } from '../operator/use-call-attention.ts'
import { useMe } from '../session/session.ts'
import { SoftphoneProvider, useSoftphone } from '../softphone/softphone-provider.tsx'
import { useRejoin } from '../softphone/rejoin.ts'
import { useCurrentCall, useOwnWishesAnswered } from '../softphone/use-current-call.ts'
import { HealthBanner } from './health-banner.tsx'
import { PresenceChoice } from './presence.tsx'
import styles from './shell.module.css'
import { SoftphonePill } from './softphone-pill.tsx'
import { UserCorner } from './user-button.tsx'
import { useFrameKeys } from './use-frame-keys.ts'

const KeysSheet = lazy(withTexts(['key-sheet'], () => import('./keys-sheet.tsx')))
const Bell = lazy(withTexts(['notices'], () => import('../tasks/bell.tsx')))
const JobTray = lazy(withTexts(['jobs'], () => import('../jobs/tray.tsx')))
const Unread = lazy(withTexts(['unread'], () => import('../messages/unread.tsx')))
const UpdateBanner = lazy(withTexts(['updates'], () => import('../system/update-banner.tsx')))
const CoverageBanner = lazy(withTexts(['coverage'], () => import('../tracking/coverage-banner.tsx')))

const places = [
  { to: '/', key: 'desk', icon: IconHeadset },
  { to: '/live', key: 'live', icon: IconBroadcast },
  { to: '/journal', key: 'journal', icon: IconList },
  { to: '/inquiries', key: 'inquiries', icon: IconInbox },
  { to: '/deals', key: 'deals', icon: IconBriefcase },
  { to: '/tasks', key: 'tasks', icon: IconChecklist },
  { to: '/contacts', key: 'contacts', icon: IconUsers },
  { to: '/reports', key: 'reports', icon: IconChartBar },
  { to: '/settings', key: 'settings', icon: IconSettings }
] as const

function usePlaces() {
  const me = useMe()
  return places.filter(({ key }) => {
    if (key === 'settings') return me.role !== 'operator'
    if (key === 'journal' || key === 'inquiries' || key === 'deals' || key === 'contacts') return true
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
  return (
    <>
      <RingAnnouncer current={current} />
      {current && pathname !== '/' && <CallCard current={current} isDocked />}
    </>
  )
}

function Frame() {
  const { t } = useTranslation()
  const me = useMe()
  const shown = usePlaces()
  const [areKeysOpen, setKeysOpen] = useState(false)
  useFrameKeys(
    shown.map(({ to }) => to),
    () => setKeysOpen(true)
  )
  const links = (place: 'nav' | 'tab') =>
    shown.map(({ to, key, icon: Icon }) => (
      <NavLink
        key={to}
        to={to}
        end={to === '/'}
        className={styles.link ?? ''}
        title={t(`nav.${key}`)}
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
          {me.role !== 'marketer' && (
            <Part>
              <Bell />
            </Part>
          )}
          {me.role !== 'marketer' && (
            <Part>
              <Unread />
            </Part>
          )}
          <Part>
            <JobTray />
          </Part>
          <UserCorner onKeys={() => setKeysOpen(true)} />
        </div>
      </header>
      <HealthBanner />
      {me.role === 'admin' && (
        <Part>
          <UpdateBanner />
        </Part>
      )}
      {(me.role === 'admin' || me.role === 'marketer') && (
        <Part>
          <CoverageBanner />
        </Part>
      )}
      <Outlet />
      <nav className={styles.tabs} aria-label={t('shell.navigation')}>
        {links('tab')}
      </nav>
      <CallDock />
      {areKeysOpen && (
        <Part>
          <KeysSheet onClose={() => setKeysOpen(false)} />
        </Part>
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
