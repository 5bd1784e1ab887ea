import './styles.ts'
import { Title } from '@mantine/core'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useParams } from 'react-router'
import { commonOf, writeView } from './address.ts'
import { ExportMenu } from './export-menu.tsx'
import { HoursReport } from './hours-report.tsx'
import { MissedReport } from './missed-report.tsx'
import { PathReport } from './path-report.tsx'
import { LandingPagesReport, OperatorsReport, PoolsReport, RegionsReport } from './plain-reports.tsx'
import type { ReportName } from './queries.ts'
import { useMe } from '../session/session.ts'
import styles from './reports.module.css'
import { SourcesReport } from './sources-report.tsx'
import { Toolbar } from './toolbar.tsx'
import { useView, type ViewState } from './use-view.ts'

interface Section {
  name: ReportName
  title: 'sources' | 'missed' | 'hours' | 'operators' | 'pools' | 'landingPages' | 'regions'
  page: ComponentType<{ state: ViewState }>
  hasModel?: (state: ViewState) => boolean
  hasCompare?: false
  /** What of the address else makes the report what it is. */
  more?: (state: ViewState) => Record<string, string>
}

const sections: readonly Section[] = [
  {
    name: 'sources',
    title: 'sources',
    page: SourcesReport,
    hasModel: () => true,
    more: ({ view }) => ({ by: view.top })
  },
  {
    name: 'missed',
    title: 'missed',
    page: MissedReport,
    hasModel: ({ view }) => view.by === 'source',
    more: ({ view }) => (view.by ? { by: view.by } : {})
  },
  { name: 'hours', title: 'hours', page: HoursReport, hasCompare: false },
  { name: 'operators', title: 'operators', page: OperatorsReport },
  { name: 'pools', title: 'pools', page: PoolsReport },
  { name: 'landing-pages', title: 'landingPages', page: LandingPagesReport },
  { name: 'regions', title: 'regions', page: RegionsReport }
]

/** All reports: the same choice of days and sites above each of them. */
export default function ReportsPage() {
  const { t } = useTranslation()
  const me = useMe()
  const { name } = useParams()
  const state = useView()
  const found = sections.find((each) => each.name === name)
  const isPath = name === 'path'
  if (!found && !isPath) return <Navigate to="/reports/sources" replace />
  const search = writeView(commonOf(state.view)).toString()
  return (
    <main className={`page ${styles.wide}`}>
      <div className={styles.head}>
        <Title order={1} size="h2">
          {isPath ? t('reports.path.title') : t('nav.reports')}
        </Title>
        <nav className={styles.tabs} aria-label={t('nav.reports')}>
          {sections.map((each) => (
            <NavLink
              key={each.name}
              to={`/reports/${each.name}${search ? `?${search}` : ''}`}
              className={styles.tab ?? ''}
              data-testid={`report-${each.name}`}
            >
              {t(`reports.${each.title}.title`)}
            </NavLink>
          ))}
          {(me.role === 'admin' || me.role === 'marketer') && (
            <NavLink to="/costs" className={styles.tab ?? ''} data-testid="reports-costs">
              {t('nav.costs')}
            </NavLink>
          )}
        </nav>
      </div>
      {found ? (
        <>
          <Toolbar
            name={found.name}
            state={state}
            hasModel={found.hasModel?.(state) ?? false}
            hasCompare={found.hasCompare ?? true}
          >
            <ExportMenu name={found.name} state={state} more={found.more?.(state) ?? {}} />
          </Toolbar>
          <found.page key={found.name} state={state} />
        </>
      ) : (
        <PathReport state={state} />
      )}
    </main>
  )
}
