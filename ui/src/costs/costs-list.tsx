import { ActionIcon, Badge, Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconFileUpload, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { Cost } from '../../../api/contract/costs.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { PeriodPicker } from '../lib/period-picker.tsx'
import { isDay, presetDays, presets } from '../lib/period.ts'
import { useToday } from '../reports/use-view.ts'
import { CostForm } from './cost-form.tsx'
import styles from './costs.module.css'
import { Empty } from './costs-page.tsx'
import { ImportWizard } from './import-wizard.tsx'
import { dayText, money } from './money.ts'
import { asNew, useCosts, useDoing, useTotals, type CostFilters } from './queries.ts'
import { Totals } from './totals.tsx'

/** The filters of the address. */
function useCostFilters() {
  const [params, setParams] = useSearchParams()
  const { today } = useToday()
  const [from, to] = [params.get('from'), params.get('to')]
  const isOwn = isDay(from) && isDay(to) && from <= to
  const preset = presets.find((each) => each === params.get('period')) ?? 'thisQuarter'
  const days = isOwn ? { from, to } : presetDays(preset, today)
  const filters: CostFilters = {
    ...days,
    source: params.get('source') ?? '',
    siteId: params.get('siteId') ?? ''
  }
  const change = (values: Record<string, string>) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        for (const [key, value] of Object.entries(values)) {
          if (value) next.set(key, value)
          else next.delete(key)
        }
        return next
      },
      { replace: true }
    )
  return { filters, period: isOwn ? ('custom' as const) : preset, days, today, change }
}

/** Costs day by day, and their sums by source and month. */
export function CostsList() {
  const { t } = useTranslation()
  const { filters, period, days, today, change } = useCostFilters()
  const isNarrow = useMediaQuery('(max-width: 48em)')
  const sites = useAll<{ id: string; name: string }>('sites')
  const costs = useCosts(filters)
  const totals = useTotals(filters)
  // Which sources there are does not depend on the one chosen.
  const sources = useTotals({ ...filters, source: '' })
  const [edited, setEdited] = useState<Cost | 'new' | null>(null)
  const [isImporting, setImporting] = useState(false)
  const rows = costs.data?.pages.flatMap((page) => page.items) ?? []
  const known = [...new Set((sources.data?.rows ?? []).map(({ source }) => source))]
  const isNarrowed = filters.source !== '' || filters.siteId !== ''
  // Then the invitation in the middle of the page has the buttons.
  const isBlank = costs.isSuccess && rows.length === 0 && !isNarrowed && period === 'thisQuarter'
  const buttons = (
    <>
      <Button
        variant="default"
        leftSection={<IconFileUpload size={16} />}
        onClick={() => setImporting(true)}
        data-testid="costs-import"
      >
        {t('costs.import')}
      </Button>
      <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited('new')} data-testid="costs-add">
        {t('costs.add')}
      </Button>
    </>
  )
  return (
    <>
      <div className={styles.tools}>
        <PeriodPicker
          period={period}
          days={days}
          today={today}
          onChange={(next, { from, to }) =>
            change(next === 'custom' ? { from, to, period: '' } : { period: next, from: '', to: '' })
          }
        />
        <Select
          size="xs"
          className={styles.choice ?? ''}
          aria-label={t('costs.source')}
          placeholder={t('costs.allSources')}
          data={filters.source && !known.includes(filters.source) ? [...known, filters.source] : known}
          value={filters.source || null}
          onChange={(value) => change({ source: value ?? '' })}
          clearable
          searchable
        />
        {(sites.data?.length ?? 0) > 1 && (
          <Select
            size="xs"
            className={styles.choice ?? ''}
            aria-label={t('costForm.site')}
            placeholder={t('costs.allSites')}
            data={(sites.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={filters.siteId || null}
            onChange={(value) => change({ siteId: value ?? '' })}
            clearable
          />
        )}
        {!isBlank && (
          <Group gap={8} className={styles.push ?? ''}>
            {buttons}
          </Group>
        )}
      </div>
      {costs.isPending && (
        <Stack className="sheet" p="md" gap={14}>
          {[0, 1, 2, 3, 4, 5].map((each) => (
            <Skeleton key={each} height={26} />
          ))}
        </Stack>
      )}
      {costs.isError && (
        <div className={`sheet ${styles.empty}`} role="alert">
          <Text mb="sm">{explain(costs.error)}</Text>
          <Button variant="default" onClick={() => inBackground(costs.refetch())}>
            {t('common.retry')}
          </Button>
        </div>
      )}
      {costs.isSuccess && rows.length === 0 && (
        <div className="sheet">
          {!isBlank ? (
            <Empty title={t('costs.nothingTitle')} text={t('costs.nothingText')}>
              <Button
                variant="default"
                onClick={() => change({ period: '', from: '2020-01-01', to: today, source: '', siteId: '' })}
              >
                {t('costs.showAll')}
              </Button>
            </Empty>
          ) : (
            <Empty title={t('costs.emptyTitle')} text={t('costs.emptyText')}>
              <Group justify="center" gap={8}>
                {buttons}
              </Group>
            </Empty>
          )}
        </div>
      )}
      {rows.length > 0 && (
        <>
          {totals.data && totals.data.rows.length > 0 && (
            <Totals
              totals={totals.data}
              chosen={filters.source}
              onChoose={(source) => change({ source: source === filters.source ? '' : source })}
            />
          )}
          <h3 className={styles.sheetTitle}>{t('costs.daily')}</h3>
          <section className={`sheet ${styles.scroll}`}>
            {isNarrow ? (
              <CostCards rows={rows} onEdit={setEdited} />
            ) : (
              <CostTable rows={rows} onEdit={setEdited} />
            )}
            {costs.hasNextPage && (
              <div className={styles.more}>
                <Button
                  variant="subtle"
                  size="xs"
                  loading={costs.isFetchingNextPage}
                  onClick={() => inBackground(costs.fetchNextPage())}
                >
                  {t('costs.more')}
                </Button>
              </div>
            )}
          </section>
        </>
      )}
      {edited && (
        <CostForm
          cost={edited === 'new' ? null : edited}
          sources={known}
          today={today}
          onClose={() => setEdited(null)}
        />
      )}
      {isImporting && <ImportWizard onClose={() => setImporting(false)} />}
    </>
  )
}

interface RowsProps {
  rows: readonly Cost[]
  onEdit: (cost: Cost) => void
}

function Amount({ cost }: { cost: Cost }) {
  const { t, i18n } = useTranslation()
  const isForeign = cost.companyAmount === null || cost.companyAmount !== cost.amount
  return (
    <>
      <span className="num">{money(cost.amount, cost.currency, i18n.language)}</span>
      {cost.companyAmount === null ? (
        <Badge ml={8} size="sm" color="amber" variant="light" tt="none">
          {t('costs.uncountedTag')}
        </Badge>
      ) : (
        isForeign && <CompanyAmount amount={cost.companyAmount} />
      )}
    </>
  )
}

function CompanyAmount({ amount }: { amount: number }) {
  const { i18n } = useTranslation()
  const currency = useTotals({ from: '', to: '', source: '', siteId: '' }).data?.currency
  if (!currency) return null
  return (
    <span className={styles.sub} style={{ display: 'block' }}>
      {money(amount, currency, i18n.language)}
    </span>
  )
}

function RowActions({ cost, onEdit }: { cost: Cost; onEdit: (cost: Cost) => void }) {
  const { t } = useTranslation()
  const doing = useDoing()
  const named = { day: dayText(cost.day), source: cost.source }
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('costs.edit', named)}
        onClick={() => onEdit(cost)}
      >
        <IconPencil size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('costs.remove', named)}
        data-testid="cost-remove"
        onClick={() =>
          doing(() => api('DELETE', `/api/costs/${cost.id}`), t('costs.removed'), {
            label: t('costs.undo'),
            done: t('costs.undone'),
            run: () => api('POST', '/api/costs', asNew(cost))
          })
        }
      >
        <IconTrash size={16} />
      </ActionIcon>
    </>
  )
}

const pathOf = ({ medium }: Cost): string => (medium ? ` / ${medium}` : '')

function CostTable({ rows, onEdit }: RowsProps) {
  const { t, i18n } = useTranslation()
  const sites = useAll<{ id: string; name: string }>('sites')
  const siteName = new Map((sites.data ?? []).map(({ id, name }) => [id, name]))
  const whole = new Intl.NumberFormat(i18n.language)
  return (
    <table className={styles.table} style={{ minWidth: 760 }}>
      <thead>
        <tr>
          <th>{t('costs.day')}</th>
          <th>{t('costs.source')}</th>
          <th>{t('costs.campaign')}</th>
          <th className={styles.right}>{t('costs.clicks')}</th>
          <th className={styles.right}>{t('costs.amount')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rows.map((cost) => (
          <tr key={cost.id} data-testid="cost-row">
            <td className="num">{dayText(cost.day)}</td>
            <td>
              <span className={styles.wrap}>
                {cost.source}
                <span className={styles.sub}>{pathOf(cost)}</span>
              </span>
              {cost.siteId !== null && <span className={styles.sub}>{siteName.get(cost.siteId)}</span>}
            </td>
            <td>
              <span className={styles.wrap}>
                {cost.campaign || <span className={styles.sub}>{t('costs.notGiven')}</span>}
              </span>
              {(cost.keyword || cost.note) && (
                <span className={`${styles.sub} ${styles.wrap}`}>
                  {[cost.keyword, cost.note].filter(Boolean).join(' · ')}
                </span>
              )}
            </td>
            <td className={styles.right}>{cost.clicks === null ? '–' : whole.format(cost.clicks)}</td>
            <td className={styles.right}>
              <Amount cost={cost} />
            </td>
            <td className={styles.actions}>
              <RowActions cost={cost} onEdit={onEdit} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The same on a phone. */
function CostCards({ rows, onEdit }: RowsProps) {
  return (
    <div className={styles.cards}>
      {rows.map((cost) => (
        <div key={cost.id} data-testid="cost-row">
          <span className="cut">
            {cost.source}
            <span className={styles.sub}>{pathOf(cost)}</span>
          </span>
          <span style={{ textAlign: 'right' }}>
            <Amount cost={cost} />
          </span>
          <span className={`${styles.sub} cut`}>
            {[dayText(cost.day), cost.campaign].filter(Boolean).join(' · ')}
          </span>
          <span style={{ textAlign: 'right' }}>
            <RowActions cost={cost} onEdit={onEdit} />
          </span>
        </div>
      ))}
    </div>
  )
}
