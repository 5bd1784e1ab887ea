import { Button, Select, Switch, Tooltip } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'react-router'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { PeriodPicker } from '../lib/period-picker.tsx'
import { SavedViews } from '../lib/saved-views.tsx'
import { toast } from '../lib/toast.tsx'
import { models, writeView } from './address.ts'
import type { ReportName } from './queries.ts'
import styles from './reports.module.css'
import type { ViewState } from './use-view.ts'

interface Props {
  name: ReportName
  state: ViewState
  /** Reports that do not share calls among visits need no model. */
  hasModel: boolean
  hasCompare: boolean
  children: ReactNode
}

/** What all reports are chosen by: days, site, model, comparison; and what can be done with them. */
export function Toolbar({ name, state, hasModel, hasCompare, children }: Props) {
  const { t } = useTranslation()
  const { view, days, today, change } = state
  const [, setParams] = useSearchParams()
  const sites = useAll<{ id: string; name: string }>('sites')
  return (
    <>
      <div className={styles.tools} style={hasModel ? {} : { marginBottom: 14 }}>
        <PeriodPicker
          period={view.period}
          days={days}
          today={today}
          onChange={(period, { from, to }) =>
            change(period === 'custom' ? { period, from, to } : { period, from: '', to: '' })
          }
        />
        {(sites.data?.length ?? 0) > 1 && (
          <Select
            size="xs"
            w={170}
            className={styles.choice ?? ''}
            aria-label={t('call.site')}
            placeholder={t('reports.allSites')}
            clearable
            data={(sites.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={view.siteId || null}
            onChange={(siteId) => change({ siteId: siteId ?? '' })}
            data-testid="site"
          />
        )}
        {hasModel && (
          <Select
            size="xs"
            w={210}
            className={styles.choice ?? ''}
            aria-label={t('reports.model')}
            allowDeselect={false}
            data={models.map((value) => ({ value, label: t(`models.${value}`) }))}
            value={view.model}
            onChange={(value) => change({ model: models.find((each) => each === value) ?? 'lastNonDirect' })}
            data-testid="model"
          />
        )}
        {hasCompare && (
          <Switch
            size="xs"
            label={t('reports.compare')}
            checked={view.isCompared}
            onChange={(event) => change({ isCompared: event.currentTarget.checked })}
            data-testid="compare"
          />
        )}
        <span className={styles.push} />
        <SavedViews
          page={`reports/${name}`}
          query={writeView(view).toString()}
          onOpen={(query) => setParams(new URLSearchParams(query))}
        />
        <CopyLink state={state} />
        {children}
      </div>
      {hasModel && (
        <p className={styles.rule} data-testid="rule">
          {t(`reports.rules.${view.model}`)}
        </p>
      )}
    </>
  )
}

/** The link names the days, so that it shows the same tomorrow. */
function CopyLink({ state }: { state: ViewState }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const copy = async (): Promise<void> => {
    const params = writeView({ ...state.view, period: 'custom', ...state.days })
    const link = `${window.location.origin}${pathname}?${params.toString()}`
    // Without https browsers have no clipboard; then the address of the page is the link.
    const clipboard = (navigator as { clipboard?: Clipboard }).clipboard
    if (clipboard) await clipboard.writeText(link)
    else window.history.replaceState(window.history.state, '', link)
    toast('pine', t(clipboard ? 'reports.linkCopied' : 'reports.linkInAddress'))
  }
  return (
    <Tooltip label={t('reports.copyLinkHint')}>
      <Button
        variant="default"
        size="xs"
        h={32}
        leftSection={<IconLink size={15} />}
        onClick={() => inBackground(copy())}
        data-testid="copy-link"
      >
        {t('reports.copyLink')}
      </Button>
    </Tooltip>
  )
}
