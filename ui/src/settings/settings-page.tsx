import '../styles/later.ts'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useParams } from 'react-router'
import { DemoSection } from './demo-section.tsx'
import { NumbersSection, SitesSection, SourcesSection, TrunksSection } from './lines.tsx'
import { GroupsSection, UsersSection } from './people.tsx'
import { SchemesSection } from './schemes.tsx'
import styles from './settings.module.css'
import { WebhooksSection } from './webhooks.tsx'

const sections = [
  ['users', UsersSection],
  ['groups', GroupsSection],
  ['trunks', TrunksSection],
  ['numbers', NumbersSection],
  ['sources', SourcesSection],
  ['sites', SitesSection],
  ['schemes', SchemesSection],
  ['webhooks', WebhooksSection],
  ['demo', DemoSection]
] as const satisfies readonly (readonly [string, ComponentType])[]

/** What an admin sets up. */
export default function SettingsPage() {
  const { t } = useTranslation()
  const { section } = useParams()
  const found = sections.find(([name]) => name === section)
  if (!found) return <Navigate to="/settings/users" replace />
  const Section = found[1]
  return (
    <main className="page">
      <div className={styles.layout}>
        <nav className={styles.menu} aria-label={t('nav.settings')}>
          {sections.map(([name]) => (
            <NavLink key={name} to={`/settings/${name}`} className={styles.item ?? ''}>
              {t(`settings.${name}.title`)}
            </NavLink>
          ))}
        </nav>
        <div style={{ minWidth: 0 }}>
          <Section key={found[0]} />
        </div>
      </div>
    </main>
  )
}
