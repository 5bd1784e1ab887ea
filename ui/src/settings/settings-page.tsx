import '../styles/later.ts'
import type { ParseKeys } from 'i18next'
import { Fragment, lazy, Suspense, useEffect, useRef, type ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useParams } from 'react-router'
import { DeskRulesSection } from '../crm/desk-rules.tsx'
import { PipelinesSection } from '../crm/pipelines.tsx'
import { withTexts } from '../i18n/index.ts'
import { useMe } from '../session/session.ts'
import { TokensSection } from './access.tsx'
import { CallbackRulesSection } from './callback-rules.tsx'
import { DemoSection } from './demo-section.tsx'
import { DevicesSection } from './devices.tsx'
import { DialListsSection } from './dial-lists.tsx'
import { DialRulesSection, DoNotCallSection } from './dial-rules.tsx'
import { NumbersSection, SourcesSection } from './lines.tsx'
import { MailSection } from './mail.tsx'
import { OperatorRulesSection } from './operator-rules.tsx'
import { GroupsSection, UsersSection } from './people.tsx'
import { SchemesSection } from './schemes.tsx'
import styles from './settings.module.css'
import { ReportRulesSection } from './report-rules.tsx'
import { MusicSection, PromptsSection } from './sounds.tsx'
import { PoolsSection } from '../tracking/pools.tsx'
import { SitesSection } from '../tracking/sites.tsx'

const CallerListsPage = lazy(withTexts(['caller-lists'], () => import('../lists/lists-page.tsx')))
const TrunksPage = lazy(withTexts(['many', 'settings', 'trunks'], () => import('../trunks/trunks-page.tsx')))
const SchedulesPage = lazy(withTexts(['schedules', 'setup'], () => import('../hours/schedules-page.tsx')))
const SystemPage = lazy(
  withTexts(['certificates', 'public-address', 'system'], () => import('../system/system-page.tsx'))
)
const WebhooksPage = lazy(
  withTexts(['calls', 'many', 'settings', 'webhooks'], () => import('../webhooks/webhooks-page.tsx'))
)
const DocumentTemplatesPage = lazy(withTexts(['documents'], () => import('../documents/templates-page.tsx')))
const TagsPage = lazy(withTexts(['setup', 'tags'], () => import('../tags/tags-page.tsx')))
const IntegrationsPage = lazy(
  withTexts(['integrations'], () => import('../integrations/integrations-page.tsx'))
)
const ChannelsPage = lazy(withTexts(['messages', 'settings'], () => import('../messages/channels-page.tsx')))
const CertificatePage = lazy(withTexts(['certificates'], () => import('./certificate.tsx')))
const AutomationPage = lazy(
  withTexts(['automation', 'many', 'settings'], () => import('../automation/automation-page.tsx'))
)
const HandOversSection = lazy(withTexts(['hand-over', 'many', 'setup'], () => import('./hand-overs.tsx')))
const SipBansSection = lazy(withTexts(['guard', 'setup'], () => import('./sip-bans.tsx')))
const DialStopsSection = lazy(withTexts(['guard', 'setup'], () => import('./dial-stops.tsx')))
const OverloadSection = lazy(withTexts(['overload'], () => import('./overload.tsx')))
const RetentionSection = lazy(withTexts(['retention'], () => import('./retention.tsx')))
const AuditPage = lazy(withTexts(['system'], () => import('../system/audit-page.tsx')))

/** The wizard is a page of its own. */
const FirstHour = () => <Navigate to="/setup" replace />

interface Section {
  name: string
  title: ParseKeys
  page: ComponentType
  /** Supervisors work with it too. */
  isForLeads?: boolean
  /** Marketers do. */
  isForMarketers?: boolean
}

const parts: readonly { title: ParseKeys; sections: readonly Section[] }[] = [
  {
    title: 'setup.part.people',
    sections: [
      { name: 'users', title: 'settings.users.title', page: UsersSection },
      { name: 'groups', title: 'settings.groups.title', page: GroupsSection },
      { name: 'devices', title: 'setup.devices.title', page: DevicesSection },
      { name: 'operators', title: 'setup.operators.title', page: OperatorRulesSection }
    ]
  },
  {
    title: 'setup.part.incoming',
    sections: [
      { name: 'trunks', title: 'settings.trunks.title', page: TrunksPage },
      { name: 'numbers', title: 'settings.numbers.title', page: NumbersSection },
      { name: 'sources', title: 'settings.sources.title', page: SourcesSection, isForMarketers: true },
      { name: 'sites', title: 'settings.sites.title', page: SitesSection, isForMarketers: true },
      { name: 'pools', title: 'tracking.pools.title', page: PoolsSection, isForMarketers: true },
      { name: 'schemes', title: 'settings.schemes.title', page: SchemesSection },
      { name: 'schedules', title: 'setup.hours', page: SchedulesPage, isForLeads: true },
      { name: 'caller-lists', title: 'setup.callerLists', page: CallerListsPage, isForLeads: true },
      { name: 'overload', title: 'setup.overload', page: OverloadSection },
      { name: 'tags', title: 'setup.tags', page: TagsPage },
      { name: 'prompts', title: 'setup.prompts.title', page: PromptsSection },
      { name: 'music', title: 'setup.music.title', page: MusicSection }
    ]
  },
  {
    title: 'setup.part.outgoing',
    sections: [
      { name: 'dial-rules', title: 'setup.dial.title', page: DialRulesSection },
      { name: 'dial-stops', title: 'setup.dialStops', page: DialStopsSection },
      { name: 'callbacks', title: 'setup.callbacks.title', page: CallbackRulesSection },
      { name: 'dial-lists', title: 'setup.lists.title', page: DialListsSection, isForLeads: true },
      { name: 'do-not-call', title: 'setup.doNotCall.title', page: DoNotCallSection, isForLeads: true }
    ]
  },
  {
    title: 'setup.part.sales',
    sections: [
      { name: 'inquiry-rules', title: 'crm.rules.title', page: DeskRulesSection, isForLeads: true },
      { name: 'pipelines', title: 'crm.pipelines.title', page: PipelinesSection, isForLeads: true },
      { name: 'automation', title: 'setup.automation', page: AutomationPage, isForLeads: true },
      { name: 'documents', title: 'setup.documents', page: DocumentTemplatesPage },
      { name: 'hand-over', title: 'setup.handOver', page: HandOversSection, isForLeads: true }
    ]
  },
  {
    title: 'setup.part.system',
    sections: [
      {
        name: 'report-rules',
        title: 'reportSettings.rules.title',
        page: ReportRulesSection,
        isForMarketers: true
      },
      { name: 'mail', title: 'reportSettings.mail.title', page: MailSection },
      { name: 'certificate', title: 'setup.certificate', page: CertificatePage },
      { name: 'sip-bans', title: 'setup.sipBans', page: SipBansSection },
      { name: 'channels', title: 'setup.channels', page: ChannelsPage },
      { name: 'integrations', title: 'setup.integrations', page: IntegrationsPage },
      { name: 'webhooks', title: 'settings.webhooks.title', page: WebhooksPage },
      { name: 'tokens', title: 'setup.tokens.title', page: TokensSection },
      { name: 'retention', title: 'setup.retention', page: RetentionSection },
      { name: 'audit', title: 'system.audit.title', page: AuditPage },
      { name: 'first-hour', title: 'firstHour.title', page: FirstHour },
      { name: 'system', title: 'system.title', page: SystemPage },
      { name: 'demo', title: 'settings.demo.title', page: DemoSection }
    ]
  }
]

function mayOpen({ isForLeads, isForMarketers }: Section, role: string): boolean {
  if (role === 'supervisor') return isForLeads === true
  if (role === 'marketer') return isForMarketers === true
  return role === 'admin'
}

/** What an admin sets up; supervisors and marketers see what is theirs. */
export default function SettingsPage() {
  const { t } = useTranslation()
  const me = useMe()
  const { section } = useParams()
  const shown = parts
    .map((part) => ({
      ...part,
      sections: part.sections.filter((each) => mayOpen(each, me.role))
    }))
    .filter((part) => part.sections.length > 0)
  const all = shown.flatMap((part) => part.sections)
  const found = all.find(({ name }) => name === section)
  const menu = useRef<HTMLElement>(null)
  useEffect(() => {
    menu.current
      ?.querySelector('[aria-current=page]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [found])
  if (!found) return <Navigate to={`/settings/${all[0]?.name ?? ''}`} replace />
  const Page = found.page
  return (
    <main className="page">
      <div className={styles.layout}>
        <nav ref={menu} className={styles.menu} aria-label={t('nav.settings')}>
          {shown.map((part) => (
            <Fragment key={part.title}>
              <span className={`eyebrow ${styles.menuTitle}`}>{t(part.title)}</span>
              {part.sections.map(({ name, title }) => (
                <NavLink key={name} to={`/settings/${name}`} className={styles.item ?? ''}>
                  {t(title)}
                </NavLink>
              ))}
            </Fragment>
          ))}
        </nav>
        <div style={{ minWidth: 0 }}>
          <Suspense>
            <Page key={found.name} />
          </Suspense>
        </div>
      </div>
    </main>
  )
}
