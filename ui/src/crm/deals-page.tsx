import '../styles/later.ts'
import { Button, SegmentedControl, Select, Skeleton, Switch, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { withTexts } from '../i18n/index.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { Part } from '../lib/part.tsx'
import { remember, remembered } from '../lib/storage.ts'
import { useMe } from '../session/session.ts'
import { CloseDeal } from './close-deal.tsx'
import styles from './crm.module.css'
import { DealBoard } from './deal-board.tsx'
import { DealList } from './deal-list.tsx'
import { ForecastView } from './forecast.tsx'
import { NewDeal } from './new-deal.tsx'
import { useDealsSummary, usePipelines, type Filter } from './queries.ts'
import { useDealMoves } from './use-deal-moves.ts'

const views = ['board', 'list', 'forecast'] as const

const ListExport = lazy(withTexts(['list-export'], () => import('../lib/list-export.tsx')))
const DealDrawer = lazy(withTexts(['crm'], () => import('./deal-drawer.tsx')))

function useDealsPlace() {
  const [params, setParams] = useSearchParams()
  const filter: Filter = {
    search: params.get('search'),
    mine: params.get('mine'),
    inquiryChannel: params.get('inquiryChannel'),
    source: params.get('source'),
    from: params.get('from'),
    to: params.get('to'),
    responsibleId: params.get('responsibleId'),
    needsCare: params.get('needsCare'),
    amountFrom: params.get('amountFrom')
  }
  const set = (name: string, value: string | null, isNew = false): void => {
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: !isNew }
    )
  }
  return {
    filter,
    set,
    pipelineId: params.get('pipeline'),
    opened: params.get('deal'),
    open: (id: string | null) => set('deal', id, id !== null)
  }
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState(value)
  useEffect(() => setSearch(value), [value])
  const send = useDebouncedCallback(onChange, 300)
  return (
    <TextInput
      size="xs"
      className={styles.search ?? ''}
      aria-label={t('crm.search')}
      placeholder={t('crm.search')}
      leftSection={<IconSearch size={14} />}
      value={search}
      onChange={(event) => {
        setSearch(event.currentTarget.value)
        send(event.currentTarget.value)
      }}
    />
  )
}

/** Whose deals are shown; nobody chosen: everybody's. */
function Whose({ place }: { place: ReturnType<typeof useDealsPlace> }) {
  const { t } = useTranslation()
  const users = useUsers()
  return (
    <Select
      size="xs"
      w={170}
      aria-label={t('crm.responsible')}
      placeholder={t('crm.anybody')}
      clearable
      searchable
      data={[
        { value: 'none', label: t('crm.nobody') },
        ...(users.data ?? [])
          .filter(({ role }) => role !== 'marketer')
          .map(({ id, name }) => ({ value: id, label: name }))
      ]}
      value={place.filter['responsibleId'] ?? null}
      onChange={(value) => place.set('responsibleId', value)}
      data-testid="deals-whose"
    />
  )
}

/** Sales: a board by stage, a list, or what is to be expected of them. */
export default function DealsPage() {
  const { t } = useTranslation()
  const me = useMe()
  const place = useDealsPlace()
  const pipelines = usePipelines()
  const moves = useDealMoves()
  const [view, setView] = useState(() => views.find((each) => each === remembered('deals.view')) ?? 'board')
  const [isAdding, setAdding] = useState(false)
  const isReadOnly = me.role === 'marketer'
  const pipeline = pipelines.data?.find(({ id }) => id === place.pipelineId) ?? pipelines.data?.[0]
  const filter = { ...place.filter, pipelineId: pipeline?.id }
  const summary = useDealsSummary(filter)
  return (
    <main className="page" style={{ maxWidth: view === 'board' ? 1760 : undefined }}>
      <div className={styles.head}>
        <Title order={1} size="h2" mr="auto">
          {t('crm.deals')}
        </Title>
        <div className={styles.filters}>
          {(pipelines.data?.length ?? 0) > 1 && (
            <Select
              size="xs"
              aria-label={t('crm.deal.pipeline')}
              data={(pipelines.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              value={pipeline?.id ?? null}
              allowDeselect={false}
              onChange={(value) => place.set('pipeline', value)}
            />
          )}
          <Search value={place.filter['search'] ?? ''} onChange={(value) => place.set('search', value)} />
          <Switch
            label={t('crm.mine')}
            checked={place.filter['mine'] === 'true'}
            onChange={(event) => place.set('mine', event.currentTarget.checked ? 'true' : null)}
          />
          <Switch
            label={t('crm.deal.needsCare')}
            checked={place.filter['needsCare'] === 'true'}
            onChange={(event) => place.set('needsCare', event.currentTarget.checked ? 'true' : null)}
            data-testid="deals-care"
          />
          {me.role !== 'operator' && <Whose place={place} />}
          <SegmentedControl
            size="xs"
            aria-label={t('crm.deal.view')}
            value={view}
            onChange={(value) => {
              const next = views.find((each) => each === value) ?? 'board'
              setView(next)
              remember('deals.view', next)
            }}
            data={[
              { value: 'board', label: t('crm.deal.board') },
              { value: 'list', label: t('crm.deal.list') },
              { value: 'forecast', label: t('crm.forecast.title') }
            ]}
          />
          {view === 'list' && (
            <Part>
              <ListExport list="deals" filter={filter} />
            </Part>
          )}
        </div>
        {!isReadOnly && (
          <Button
            size="xs"
            leftSection={<IconPlus size={15} />}
            onClick={() => setAdding(true)}
            data-testid="add-deal"
          >
            {t('crm.deal.add')}
          </Button>
        )}
      </div>
      {pipelines.isPending && <Skeleton height={320} radius="lg" />}
      {pipelines.isError && (
        <div className={`sheet ${styles.empty}`} role="alert">
          <Text mb="sm">{explain(pipelines.error)}</Text>
          <Button variant="default" onClick={() => inBackground(pipelines.refetch())}>
            {t('common.retry')}
          </Button>
        </div>
      )}
      {pipeline &&
        (view === 'board' ? (
          <DealBoard
            key={pipeline.id}
            pipeline={pipeline}
            filter={filter}
            summary={summary.data}
            moves={isReadOnly ? null : moves}
            onOpen={place.open}
          />
        ) : view === 'list' ? (
          <DealList
            key={pipeline.id}
            filter={filter}
            pipelines={pipelines.data ?? []}
            onOpen={place.open}
            isReadOnly={isReadOnly}
          />
        ) : (
          <ForecastView filter={filter} />
        ))}
      {place.opened && (
        <Suspense>
          <DealDrawer dealId={place.opened} moves={moves} onClose={() => place.open(null)} />
        </Suspense>
      )}
      <CloseDeal moves={moves} />
      {isAdding && (
        <NewDeal
          pipelineId={pipeline?.id ?? null}
          onClose={() => setAdding(false)}
          onMade={(id) => {
            setAdding(false)
            place.open(id)
          }}
        />
      )}
    </main>
  )
}
