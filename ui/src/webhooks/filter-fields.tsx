import { Alert, Group, MultiSelect, NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { outcomes } from '../../../api/contract/words.ts'
import { neverKnown, type Filter } from '../../../integrations/webhooks/core/filter.ts'
import { useSources, useUsers } from '../lib/lookups.ts'
import { useEventName } from './words.ts'

interface Props {
  filter: Filter
  /** What the webhook is told of: an event that cannot know a condition never comes. */
  events: readonly string[]
  onChange: (filter: Filter) => void
}

/** Which calls are wanted; all conditions must hold. */
export function FilterFields({ filter, events, onChange }: Props) {
  const { t } = useTranslation()
  const nameOf = useEventName()
  const sources = useSources()
  const users = useUsers()
  const set = (part: Filter): void => onChange({ ...filter, ...part })
  const number = (value: string | number): number | undefined =>
    typeof value === 'number' ? value : undefined
  const clashing = events.filter((event) => neverKnown(filter, event).length > 0)
  const several = (
    name: 'directions' | 'operatorIds' | 'sourceIds' | 'outcomes',
    data: { value: string; label: string }[]
  ) => (
    <MultiSelect
      label={t(`hooks.filter.${name}`)}
      placeholder={(filter[name]?.length ?? 0) === 0 ? t('hooks.filter.any') : ''}
      data={data}
      value={[...(filter[name] ?? [])]}
      onChange={(value) => set({ [name]: value })}
      searchable={data.length > 8}
      data-testid={`filter-${name}`}
    />
  )
  return (
    <>
      {several(
        'directions',
        (['in', 'out', 'internal'] as const).map((value) => ({ value, label: t(`direction.${value}`) }))
      )}
      {several(
        'outcomes',
        outcomes.map((value) => ({ value, label: t(`outcome.${value}`) }))
      )}
      {several(
        'sourceIds',
        (sources.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
      )}
      {several(
        'operatorIds',
        (users.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
      )}
      <Group grow>
        {(['minTalkSeconds', 'maxTalkSeconds'] as const).map((name) => (
          <NumberInput
            key={name}
            label={t(`hooks.filter.${name}`)}
            placeholder={t('hooks.filter.any')}
            min={0}
            max={86_400}
            allowDecimal={false}
            value={filter[name] ?? ''}
            onChange={(value) => set({ [name]: number(value) })}
          />
        ))}
      </Group>
      {clashing.length > 0 && (
        <Alert color="rust" role="alert" data-testid="filter-clash">
          {t('hooks.filter.clash', { events: clashing.map(nameOf).join(', ') })}
        </Alert>
      )}
    </>
  )
}
