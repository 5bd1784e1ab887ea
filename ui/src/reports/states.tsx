import { Button, Skeleton, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import type { ReactNode } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { Measures, ReportRow } from '../../../api/contract/reports.ts'
import { useMe } from '../session/session.ts'
import type { View } from './address.ts'
import type { Answer } from './queries.ts'
import styles from './reports.module.css'
import type { ViewState } from './use-view.ts'

/** The table while it is fetched, as high as it will be. */
function Waiting() {
  return (
    <div
      style={{ padding: '12px 16px', display: 'grid', gap: 12, minHeight: 420 }}
      data-testid="report-loading"
    >
      {Array.from({ length: 10 }, (_, index) => (
        <Skeleton key={index} height={26} />
      ))}
    </div>
  )
}

/** The report could not be had. */
function Failed({ error, retry }: { error: unknown; retry: () => Promise<unknown> }) {
  const { t } = useTranslation()
  return (
    <div className={styles.empty} role="alert" data-testid="report-failed">
      <Text mb="sm">{explain(error)}</Text>
      <Button variant="default" onClick={() => inBackground(retry())}>
        {t('common.retry')}
      </Button>
    </div>
  )
}

/** Nothing happened in these days: what to do about it. */
function Empty({ view, change }: { view: View; change: (changes: Partial<View>) => void }) {
  const { t } = useTranslation()
  return (
    <div className={styles.empty} data-testid="report-empty">
      <Text fw={600}>{t('reports.empty')}</Text>
      <Text c="dimmed" mb="sm" maw={520} mx="auto">
        {t(view.siteId ? 'reports.emptySite' : 'reports.emptyText')}
      </Text>
      {view.siteId ? (
        <Button variant="default" onClick={() => change({ siteId: '' })}>
          {t('reports.allSites')}
        </Button>
      ) : (
        <Button variant="default" onClick={() => change({ period: 'lastQuarter', from: '', to: '' })}>
          {t('days.lastQuarter')}
        </Button>
      )}
    </div>
  )
}

const isNothing = ({ values }: { values: Measures }): boolean =>
  !values.calls && !values.visits && !values.inquiries && !values.deals && !values.cost

/** Nothing happened. Where each day or hour has a row, all of them are empty. */
export function isEmpty<R extends ReportRow>(report: Answer<R> | undefined, hasFixedRows = false): boolean {
  if (!report) return false
  return hasFixedRows ? report.rows.every(isNothing) : report.rows.length === 0
}

/** The sheet on which a report lies: its figures, or why there are none. */
export function ReportSheet<R extends ReportRow>({
  query,
  state,
  hasFixedRows = false,
  children
}: {
  query: UseQueryResult<Answer<R>>
  state: ViewState
  /** Each day or hour has its row, whatever happened. */
  hasFixedRows?: boolean
  children: ReactNode
}) {
  const { t } = useTranslation()
  const me = useMe()
  const { data } = query
  const hasNothing = isEmpty(data, hasFixedRows)
  return (
    <>
      <section
        className="sheet"
        aria-busy={query.isFetching}
        style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}
      >
        {query.isPending && <Waiting />}
        {query.isError && !data && <Failed error={query.error} retry={query.refetch} />}
        {hasNothing && <Empty view={state.view} change={state.change} />}
        {data && !hasNothing && children}
      </section>
      {data && data.missingRates.length > 0 && (
        <div className={styles.notice} style={{ marginTop: 14 }} data-testid="missing-rates">
          <span>{t('reports.missingRates', { currencies: data.missingRates.join(', ') })}</span>
          {me.role !== 'supervisor' && <Link to="/costs/rates">{t('reports.addRates')}</Link>}
        </div>
      )}
      {data?.isCut && <p className={styles.rule}>{t('reports.isCut')}</p>}
    </>
  )
}
