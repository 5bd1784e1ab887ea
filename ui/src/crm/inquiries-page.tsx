import '../styles/later.ts'
import { Button, Select, Skeleton, Stack, Switch, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import type { Inquiry } from '../../../api/contract/crm.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { Part } from '../lib/part.tsx'
import { useKeys } from '../lib/use-keys.ts'
import { useMe } from '../session/session.ts'
import { useCurrentCall } from '../softphone/use-current-call.ts'
import { AcceptDialog } from './accept-dialog.tsx'
import styles from './crm.module.css'
import { InquiryRow, type RowMoves } from './inquiry-row.tsx'
import { NewInquiry } from './new-inquiry.tsx'
import { MissedBoardView } from './missed-board.tsx'
import { useInquiries, useInquiryCounts, useMissedBoard } from './queries.ts'
import { SpamMarks } from './spam-marks.tsx'
import { useDesk } from './use-desk.ts'
import { useInquiryMoves, type Movable } from './use-inquiry-moves.ts'
import { deskTabs, inquiryKinds, type DeskState } from './words.ts'

const ListExport = lazy(withTexts(['list-export'], () => import('../lib/list-export.tsx')))
const InquiryDrawer = lazy(withTexts(['crm'], () => import('./inquiry-drawer.tsx')))

type Desk = ReturnType<typeof useDesk>

function Filters({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const { filter, setFilter } = desk
  const [search, setSearch] = useState(filter.search ?? '')
  useEffect(() => setSearch(filter.search ?? ''), [filter.search])
  const send = useDebouncedCallback((value: string) => setFilter({ search: value }), 300)
  return (
    <div className={styles.filters}>
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
        data-testid="inquiry-search"
      />
      <Select
        size="xs"
        aria-label={t('crm.anyKind')}
        placeholder={t('crm.anyKind')}
        clearable
        data={inquiryKinds.map((value) => ({ value, label: t(`crm.kind.${value}`) }))}
        value={filter.kind ?? null}
        onChange={(kind) => setFilter({ kind })}
      />
      <Switch
        label={t('crm.mine')}
        checked={filter.mine === 'true'}
        onChange={(event) => setFilter({ mine: event.currentTarget.checked ? 'true' : null })}
      />
    </div>
  )
}

function Tabs({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const counts = useInquiryCounts(desk.filter)
  const mayCall = useMe().role !== 'marketer'
  const { search, mine } = desk.filter
  const missed = useMissedBoard({ state: desk.missed, search, mine }, mayCall)
  const countOf = (tab: DeskState): number | undefined =>
    tab === 'missed' ? missed.data?.waiting : counts.data?.[tab]
  return (
    <div className={styles.tabs} role="tablist" aria-label={t('crm.inquiries')}>
      {deskTabs
        .filter((tab) => mayCall || tab !== 'missed')
        .map((state) => (
          <button
            key={state}
            type="button"
            role="tab"
            aria-selected={desk.state === state}
            className={styles.tab}
            onClick={() => desk.setState(state)}
            data-testid={`tab-${state}`}
          >
            {t(`crm.state.${state}`)}
            <span
              className={`num ${styles.count}`}
              data-loud={state === 'new' || state === 'missed' || undefined}
            >
              {countOf(state) ?? ''}
            </span>
          </button>
        ))}
    </div>
  )
}

function Empty({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const isNarrowed = Object.keys(desk.filter).length > 0
  // The board of missed calls says itself that it is empty.
  const state = desk.state === 'missed' ? 'new' : desk.state
  return (
    <div className={styles.empty} data-testid="inquiries-empty">
      <Text fw={600}>{isNarrowed ? t('crm.desk.nothing') : t(`crm.desk.empty.${state}`)}</Text>
      {isNarrowed ? (
        <Button variant="default" mt="sm" onClick={desk.reset}>
          {t('crm.desk.reset')}
        </Button>
      ) : (
        <Text c="dimmed">{t(`crm.desk.emptyText.${state}`)}</Text>
      )}
    </div>
  )
}

/** The desk of inquiries: what came by itself, and what becomes of it. */
export default function InquiriesPage() {
  const { t } = useTranslation()
  const me = useMe()
  const desk = useDesk()
  const isMissed = desk.state === 'missed'
  const list = useInquiries(desk.state, desk.filter, !isMissed)
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  const { move } = useInquiryMoves()
  const [accepted, setAccepted] = useState<Movable | null>(null)
  const [isAdding, setAdding] = useState(false)
  const [chosen, setChosen] = useState<string | null>(null)
  const isReadOnly = me.role === 'marketer'
  const moves: RowMoves = {
    accept: setAccepted,
    take: (inquiry) => move(inquiry, 'inWork'),
    close: (inquiry) => move(inquiry, 'closed'),
    spam: (inquiry) => move(inquiry, 'spam'),
    restore: (inquiry) => move(inquiry, 'new')
  }

  // In a call these keys are the call's.
  const inCall = useCurrentCall() !== null
  const isBusy = inCall || isMissed || desk.opened !== null || accepted !== null || isAdding
  const at = items.findIndex(({ id }) => id === chosen)
  const step = (by: number) =>
    isBusy ? undefined : () => setChosen(items[at < 0 ? 0 : at + by]?.id ?? chosen)
  const current = items[at]
  const on = (run: (inquiry: Inquiry) => void) =>
    isBusy || isReadOnly || !current || current.state === 'accepted' ? undefined : () => run(current)
  useKeys({
    ArrowDown: step(1),
    ArrowUp: step(-1),
    Enter: isBusy || !current ? undefined : () => desk.open(current.id),
    KeyA: on((inquiry) => inquiry.state !== 'spam' && moves.accept(inquiry)),
    KeyW: on(moves.take),
    KeyX: on(moves.close),
    KeyS: on(moves.spam)
  })

  return (
    <main className="page">
      <div className={styles.head}>
        <Title order={1} size="h2" mr="auto">
          {t('crm.desk.title')}
        </Title>
        <Filters desk={desk} />
        {!isMissed && (
          <Part>
            <ListExport list="inquiries" filter={{ ...desk.filter, state: desk.state }} />
          </Part>
        )}
        {!isReadOnly && (
          <Button
            size="xs"
            leftSection={<IconPlus size={15} />}
            onClick={() => setAdding(true)}
            data-testid="add-inquiry"
          >
            {t('crm.desk.add')}
          </Button>
        )}
      </div>
      <Tabs desk={desk} />
      {isMissed && <MissedBoardView desk={desk} />}
      {desk.state === 'spam' && me.role !== 'marketer' && (
        <SpamMarks search={desk.filter.search} isReadOnly={isReadOnly} />
      )}
      {!isMissed && (
        <section
          className="sheet"
          style={{ overflow: 'hidden', opacity: list.isPlaceholderData ? 0.6 : 1 }}
          aria-label={t(`crm.state.${desk.state}`)}
        >
          {list.isPending && (
            <Stack p="md" gap={14}>
              {[0, 1, 2, 3, 4, 5].map((each) => (
                <Skeleton key={each} height={38} />
              ))}
            </Stack>
          )}
          {list.isError && (
            <div className={styles.empty} role="alert">
              <Text mb="sm">{explain(list.error)}</Text>
              <Button variant="default" onClick={() => inBackground(list.refetch())}>
                {t('common.retry')}
              </Button>
            </div>
          )}
          {list.isSuccess && items.length === 0 && <Empty desk={desk} />}
          {items.length > 0 && (
            <ul className={styles.rows}>
              {items.map((inquiry) => (
                <InquiryRow
                  key={inquiry.id}
                  inquiry={inquiry}
                  isChosen={inquiry.id === chosen}
                  onOpen={(id) => {
                    setChosen(id)
                    desk.open(id)
                  }}
                  moves={isReadOnly ? null : moves}
                />
              ))}
            </ul>
          )}
          {list.hasNextPage && (
            <div className={styles.more}>
              <Button
                variant="subtle"
                size="xs"
                loading={list.isFetchingNextPage}
                onClick={() => inBackground(list.fetchNextPage())}
              >
                {t('crm.more')}
              </Button>
            </div>
          )}
        </section>
      )}
      {!isMissed && items.length > 0 && !isReadOnly && <p className={styles.hint}>{t('crm.desk.hint')}</p>}
      {desk.opened && (
        <Suspense>
          <InquiryDrawer inquiryId={desk.opened} onClose={() => desk.open(null)} onAccept={setAccepted} />
        </Suspense>
      )}
      {accepted && <AcceptDialog inquiry={accepted} onClose={() => setAccepted(null)} />}
      {isAdding && (
        <NewInquiry
          onClose={() => setAdding(false)}
          onMade={(id) => {
            setAdding(false)
            desk.open(id)
          }}
        />
      )}
    </main>
  )
}
