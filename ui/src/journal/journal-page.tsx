import '../styles/later.ts'
import {
  ActionIcon,
  Button,
  Indicator,
  Popover,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title
} from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCalendar, IconFilter } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import type { JournalCall } from '../../../api/contract/calls.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { callsQueryString, countSet, periods, writeFilters, type Filters } from './filters.ts'
import { useFilters } from './use-filters.ts'
import { JournalFilters } from './journal-filters.tsx'
import { ColumnChooser } from './column-chooser.tsx'
import { ExportMenu } from './export-menu.tsx'
import { JournalCards } from './journal-cards.tsx'
import { JournalTable } from './journal-table.tsx'
import { useColumns } from './use-columns.ts'
import styles from './journal.module.css'
import { inBackground } from '../lib/in-background.ts'
import { SavedViews } from '../lib/saved-views.tsx'
import { useMe } from '../session/session.ts'

const CallDrawer = lazy(withTexts(['calls', 'crm', 'journal'], () => import('../call/call-drawer.tsx')))
const pageSize = 50

function useCalls(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ['calls', 'journal', filters],
    queryFn: ({ pageParam }) =>
      api<Page<JournalCall>>('GET', `/api/calls${callsQueryString(filters, pageParam, pageSize)}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    // The live feed says when to look again; ten loaded pages must not all be asked for on every call.
    maxPages: 20
  })
}

function PeriodPicker({
  filters,
  change
}: {
  filters: Filters
  change: (changes: Partial<Filters>) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <SegmentedControl
        size="xs"
        value={filters.period}
        aria-label={t('journal.period')}
        data={periods.map((value) => ({ value, label: t(`period.${value}`) }))}
        onChange={(value) =>
          change({ period: periods.find((each) => each === value) ?? 'week', from: '', to: '' })
        }
      />
      <Popover shadow="md" position="bottom-end">
        <Popover.Target>
          <ActionIcon
            variant={filters.period === 'custom' ? 'filled' : 'default'}
            size={30}
            aria-label={t('period.custom')}
            data-testid="period-custom"
          >
            <IconCalendar size={16} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs">
            <TextInput
              type="date"
              size="xs"
              label={t('period.from')}
              value={filters.from}
              onChange={(event) => change({ period: 'custom', from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              size="xs"
              label={t('period.to')}
              value={filters.to}
              onChange={(event) => change({ period: 'custom', to: event.currentTarget.value })}
            />
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </>
  )
}

/** Fetches the next page when the end of the list comes into view. */
function More({ onMore, isBusy }: { onMore: () => void; isBusy: boolean }) {
  const { t } = useTranslation()
  const end = useRef<HTMLDivElement>(null)
  const latest = useRef(onMore)
  useEffect(() => {
    latest.current = onMore
  })
  useEffect(() => {
    const element = end.current
    if (!element) return
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) latest.current()
      },
      { rootMargin: '300px' }
    )
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [])
  return (
    <div ref={end} className={styles.more}>
      <Button variant="subtle" size="xs" loading={isBusy} onClick={onMore}>
        {t('journal.more')}
      </Button>
    </div>
  )
}

/** The journal of calls. */
export default function JournalPage() {
  const { t } = useTranslation()
  const me = useMe()
  const { filters, openedCall, change, changeFields, reset, show, open } = useFilters()
  const layout = useColumns()
  const isNarrow = useMediaQuery('(max-width: 48em)')
  const [areFiltersOpen, setFiltersOpen] = useState(false)
  const [playing, play] = useState<string | null>(null)
  const actions = useMemo(() => ({ playing, play }), [playing])
  const query = useCalls(filters)
  const calls = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  const set = countSet(filters)
  const more = query.hasNextPage && (
    <More onMore={() => inBackground(query.fetchNextPage())} isBusy={query.isFetchingNextPage} />
  )
  return (
    <main className="page">
      <div className={styles.head}>
        <Title order={1} size="h2" mr="auto">
          {t('nav.journal')}
        </Title>
        <PeriodPicker filters={filters} change={change} />
        <SavedViews page="journal" query={writeFilters(filters).toString()} onOpen={show} />
        {!isNarrow && <ColumnChooser columns={layout} />}
        {me.role !== 'operator' && <ExportMenu filters={filters} shown={layout.shown} />}
        {isNarrow && (
          <Indicator disabled={set === 0} label={set} size={15}>
            <ActionIcon
              variant="default"
              size={30}
              onClick={() => setFiltersOpen(!areFiltersOpen)}
              aria-label={t('journal.filters')}
              aria-expanded={areFiltersOpen}
            >
              <IconFilter size={16} />
            </ActionIcon>
          </Indicator>
        )}
      </div>
      {(!isNarrow || areFiltersOpen) && (
        <JournalFilters filters={filters} change={change} changeFields={changeFields} reset={reset} />
      )}
      <section className="sheet" style={{ overflow: 'hidden', opacity: query.isPlaceholderData ? 0.6 : 1 }}>
        {query.isPending && (
          <Stack p="md" gap={14} data-testid="journal-loading">
            {[0, 1, 2, 3, 4, 5, 6, 7].map((each) => (
              <Skeleton key={each} height={30} />
            ))}
          </Stack>
        )}
        {query.isError && (
          <div className={styles.empty} role="alert">
            <Text mb="sm">{explain(query.error)}</Text>
            <Button variant="default" onClick={() => inBackground(query.refetch())}>
              {t('common.retry')}
            </Button>
          </div>
        )}
        {query.isSuccess && calls.length === 0 && (
          <div className={styles.empty} data-testid="journal-empty">
            <Text fw={600}>{t(set > 0 ? 'journal.nothing' : 'journal.empty')}</Text>
            <Text c="dimmed" mb="sm">
              {t(set > 0 ? 'journal.nothingText' : 'journal.emptyText')}
            </Text>
            {set > 0 ? (
              <Button variant="default" onClick={reset}>
                {t('journal.reset')}
              </Button>
            ) : (
              filters.period !== 'all' && (
                <Button variant="default" onClick={() => change({ period: 'all', from: '', to: '' })}>
                  {t('journal.showAll')}
                </Button>
              )
            )}
          </div>
        )}
        {calls.length > 0 &&
          (isNarrow ? (
            <JournalCards calls={calls} onOpen={open} actions={actions} />
          ) : (
            <JournalTable
              calls={calls}
              sort={filters.sort}
              onSort={(sort) => change({ sort })}
              onOpen={open}
              openedCall={openedCall}
              actions={actions}
              layout={layout}
              end={more}
            />
          ))}
        {isNarrow && more}
      </section>
      {openedCall && (
        <Suspense>
          <CallDrawer callId={openedCall} onClose={() => open(null)} />
        </Suspense>
      )}
    </main>
  )
}
