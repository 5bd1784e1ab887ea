import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatPhone } from '../lib/format.ts'
import { useNumbers, useSources, useUsers } from '../lib/lookups.ts'
import { outcomes } from '../lib/words.ts'
import { countSet, type Filters } from './filters.ts'
import styles from './journal.module.css'
import { Several, type Option } from './several.tsx'

/** Everything the journal can be narrowed by. */
export function JournalFilters({
  filters,
  change,
  reset
}: {
  filters: Filters
  change: (changes: Partial<Filters>) => void
  reset: () => void
}) {
  const { t } = useTranslation()
  const sources = useSources()
  const numbers = useNumbers()
  const users = useUsers()
  const [search, setSearch] = useState(filters.search)
  useEffect(() => setSearch(filters.search), [filters.search])
  const send = useDebouncedCallback((value: string) => change({ search: value }), 300)
  const named = (items: { id: string; name: string }[] | undefined): Option[] =>
    (items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <div className={styles.filters}>
      <TextInput
        className={styles.search ?? ''}
        size="xs"
        aria-label={t('journal.search')}
        placeholder={t('journal.search')}
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          send(event.currentTarget.value)
        }}
        data-testid="journal-search"
      />
      <Several
        label={t('journal.outcome')}
        options={outcomes.map((each) => ({ value: each, label: t(`outcome.${each}`) }))}
        value={filters.outcome}
        onChange={(outcome) => change({ outcome })}
      />
      <Several
        label={t('call.source')}
        options={named(sources.data)}
        value={filters.source}
        onChange={(source) => change({ source })}
      />
      <Several
        label={t('call.number')}
        options={(numbers.data ?? []).map((each) => ({
          value: each.id,
          label: [formatPhone(each.e164), each.label].filter(Boolean).join(' · ')
        }))}
        value={filters.number}
        onChange={(number) => change({ number })}
      />
      <Several
        label={t('journal.operator')}
        options={named(users.data)}
        value={filters.operator}
        onChange={(operator) => change({ operator })}
      />
      <Several
        label={t('journal.rating')}
        options={['5', '4', '3', '2', '1'].map((each) => ({ value: each, label: each }))}
        value={filters.rating}
        onChange={(rating) => change({ rating })}
      />
      <Select
        size="xs"
        aria-label={t('journal.recording')}
        placeholder={t('journal.recording')}
        clearable
        data={[
          { value: 'true', label: t('journal.withRecording') },
          { value: 'false', label: t('journal.withoutRecording') }
        ]}
        value={filters.recording || null}
        onChange={(value) => change({ recording: value === 'true' || value === 'false' ? value : '' })}
      />
      {countSet(filters) > 0 && (
        <Button size="xs" variant="subtle" style={{ flex: 'none' }} onClick={reset}>
          {t('journal.reset')}
        </Button>
      )}
    </div>
  )
}
