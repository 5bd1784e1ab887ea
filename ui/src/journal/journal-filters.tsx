import { Button, CloseButton, Menu, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallFilterName } from '../../../api/contract/journal-fields.ts'
import type en from '../i18n/en.ts'
import { FilterChip } from './filter-chip.tsx'
import { countSet, setNames, type FieldValues, type Filters } from './filters.ts'
import styles from './journal.module.css'
import { fieldLabel } from './labels.ts'

/** Always at hand; the others are added. */
const usual: readonly CallFilterName[] = ['outcome', 'sourceId', 'operatorId', 'numberId']

/** The others, by what they tell of. */
const groups = {
  groupResult: [
    ...['direction', 'callType', 'isMissed', 'isReturned', 'reason', 'hangupBy', 'hasRecording'],
    ...['group', 'schemeId', 'pressed', 'isTransferred', 'isCounted']
  ],
  groupSource: [
    ...['inquiryChannel', 'source', 'medium', 'campaign', 'keyword', 'siteId', 'poolId'],
    ...['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent']
  ],
  groupVisit: [
    ...['hasVisit', 'confidence', 'landing', 'landingPath', 'page', 'referrer', 'device', 'userAgent'],
    ...['visitId', 'visitorId']
  ],
  groupParties: ['callerNumber', 'dialedNumber', 'region', 'country', 'contactId'],
  groupTimes: ['waitSeconds', 'talkSeconds', 'holdSeconds', 'totalSeconds', 'weekday', 'hour'],
  groupMarks: [
    ...['isFirstCall', 'callNumber', 'isUnique', 'isRepeat', 'isTarget', 'isSpam', 'isVip'],
    ...['rating', 'wrapUpCode', 'tag', 'comment']
  ]
} as const satisfies Record<string, readonly string[]>
/** Nobody types an id; they come by links from reports and cards. */
const byLink: readonly string[] = ['visitId', 'visitorId', 'contactId']

interface Props {
  filters: Filters
  change: (changes: Partial<Filters>) => void
  changeFields: (changes: FieldValues) => void
  reset: () => void
}

/** Everything the journal can be narrowed by. */
export function JournalFilters({ filters, change, changeFields, reset }: Props) {
  const { t } = useTranslation()
  const [added, setAdded] = useState<CallFilterName | null>(null)
  const further = setNames(filters).filter((name) => !usual.includes(name))
  const shown = added && !further.includes(added) && !usual.includes(added) ? [...further, added] : further
  return (
    <div className={styles.filters} data-testid="journal-filters">
      <Search value={filters.search} onChange={(search) => change({ search })} />
      {usual.map((name) => (
        <FilterChip key={name} name={name} fields={filters.fields} change={changeFields} />
      ))}
      <ModelChip filters={filters} changeFields={changeFields} />
      {shown.map((name) => (
        <FilterChip
          key={name}
          name={name}
          fields={filters.fields}
          change={changeFields}
          isFresh={name === added}
          onGone={() => setAdded(null)}
        />
      ))}
      <AddFilter shown={shown} onAdd={setAdded} />
      {countSet(filters) > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={reset} data-testid="clear-filters">
          {t('journal.reset')}
        </Button>
      )}
    </div>
  )
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState(value)
  useEffect(() => setSearch(value), [value])
  const send = useDebouncedCallback(onChange, 300)
  return (
    <TextInput
      className={styles.search ?? ''}
      size="xs"
      aria-label={t('journal.search')}
      placeholder={t('journal.search')}
      leftSection={<IconSearch size={14} />}
      value={search}
      maxLength={100}
      onChange={(event) => {
        setSearch(event.currentTarget.value)
        send(event.currentTarget.value)
      }}
      data-testid="journal-search"
    />
  )
}

/** A link from a report says under which model the path is meant; it can only be taken away. */
function ModelChip({ filters, changeFields }: Pick<Props, 'filters' | 'changeFields'>) {
  const { t } = useTranslation()
  const model = filters.fields['model']?.[0]
  if (!model) return null
  const name = t('filters.path', { model: t(`models.${model as keyof typeof en.models}`) })
  return (
    <Tooltip label={t('filters.pathText')}>
      <div className={styles.chip} data-set="" data-testid="filter-model">
        <span className={styles.chipText}>{name}</span>
        <CloseButton
          size="xs"
          mr={4}
          aria-label={t('filters.remove', { name })}
          onClick={() => changeFields({ model: [] })}
        />
      </div>
    </Tooltip>
  )
}

function AddFilter({
  shown,
  onAdd
}: {
  shown: readonly CallFilterName[]
  onAdd: (name: CallFilterName) => void
}) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const needle = search.trim().toLowerCase()
  const found = Object.entries(groups).map(([group, names]) => ({
    group: group as keyof typeof groups,
    names: (names as readonly CallFilterName[]).filter(
      (name) =>
        !shown.includes(name) && !byLink.includes(name) && fieldLabel(name).toLowerCase().includes(needle)
    )
  }))
  return (
    <Menu position="bottom-start" shadow="md" width={290} onClose={() => setSearch('')} trapFocus={false}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} />}
          data-testid="add-filter"
        >
          {t('filters.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <TextInput
          size="xs"
          p={6}
          aria-label={t('filters.find')}
          placeholder={t('filters.find')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          data-autofocus
        />
        {found.map(
          ({ group, names }) =>
            names.length > 0 && (
              <div key={group}>
                <Menu.Label>{t(`filters.${group}`)}</Menu.Label>
                {names.map((name) => (
                  <Menu.Item
                    key={name}
                    fz="sm"
                    py={5}
                    onClick={() => onAdd(name)}
                    data-testid={`add-${name}`}
                  >
                    {fieldLabel(name)}
                  </Menu.Item>
                ))}
              </div>
            )
        )}
        {found.every(({ names }) => names.length === 0) && (
          <Menu.Label>{t('common.nothingFound')}</Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
