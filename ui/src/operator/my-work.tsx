import { useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { remember, remembered } from '../lib/storage.ts'
import { useNow } from '../lib/use-now.ts'
import { useFreshLists, useMissed, useOwed, useTodayCalls } from './my-lists.ts'
import { MyMissed } from './my-missed.tsx'
import { MyTasks } from './my-tasks.tsx'
import styles from './my-work.module.css'
import { RecentCalls } from './recent-calls.tsx'

const tabs = ['missed', 'calls', 'tasks'] as const
type Tab = (typeof tabs)[number]

/** How many wait in each list, and whether that is bad. */
function useCounts(): Record<Tab, { count: number | null; isBad: boolean }> {
  const now = useNow()
  const missed = useMissed().data?.unreturned ?? null
  const calls = useTodayCalls().data?.items.length ?? null
  const owed = useOwed()
  const isLate = owed.items.some(({ at }) => at !== null && Date.parse(at) < now)
  return {
    missed: { count: missed, isBad: (missed ?? 0) > 0 },
    calls: { count: calls, isBad: false },
    tasks: { count: owed.isPending ? null : owed.items.length, isBad: isLate }
  }
}

/** Everything that is this operator's own: whom they missed, their calls of today, and what they owe today. */
export function MyWork({ onOpen }: { onOpen: (callId: string) => void }) {
  const { t } = useTranslation()
  const [tab, setTab] = useState<Tab>(() => tabs.find((each) => each === remembered('ownTab')) ?? 'calls')
  const counts = useCounts()
  const list = useRef<HTMLDivElement>(null)
  useFreshLists()
  const choose = (next: Tab): void => {
    setTab(next)
    remember('ownTab', next)
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]
    if (step === 0 || !next) return
    event.preventDefault()
    choose(next)
    list.current?.querySelector<HTMLElement>(`#own-tab-${next}`)?.focus()
  }
  const Shown = { missed: MyMissed, calls: RecentCalls, tasks: MyTasks }[tab]
  return (
    <section
      className="sheet"
      style={{ overflow: 'hidden' }}
      aria-label={t('own.title')}
      data-testid="my-work"
    >
      <div ref={list} className={styles.tabs} role="tablist" aria-label={t('own.title')}>
        {tabs.map((each) => (
          <button
            key={each}
            id={`own-tab-${each}`}
            type="button"
            role="tab"
            className={styles.tab}
            aria-selected={tab === each}
            aria-controls="own-list"
            tabIndex={tab === each ? 0 : -1}
            onClick={() => choose(each)}
            onKeyDown={onKey}
            data-testid={`own-${each}`}
          >
            {t(`own.tab.${each}`)}
            {counts[each].count !== null && counts[each].count > 0 && (
              <span className={`num ${styles.count}`} data-tone={counts[each].isBad ? 'bad' : undefined}>
                {counts[each].count}
              </span>
            )}
          </button>
        ))}
      </div>
      <div id="own-list" role="tabpanel" aria-labelledby={`own-tab-${tab}`}>
        <Shown onOpen={onOpen} />
      </div>
    </section>
  )
}
