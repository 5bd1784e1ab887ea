import { MultiSelect, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { TrackingNumber } from '../../../api/contract/config.ts'
import type { NumberPool } from '../../../api/contract/track.ts'
import { formatPhone } from '../lib/format.ts'
import { useAll, useNumbers, useSources } from '../lib/lookups.ts'
import { TagsField } from '../lib/tags-field.tsx'
import { inquiryChannels } from '../lib/words.ts'
import { AddressCheck } from './address-check.tsx'
import { Part } from './part.tsx'
import { ruleSummary } from './rule-summary.ts'
import { SaveBar } from './save-bar.tsx'
import type { Site } from './sites.tsx'
import styles from './tracking.module.css'
import { useDraft } from './use-draft.ts'

type Rule = NumberPool['rule']

/** Whom a pool serves, and with which numbers. */
export function PoolRules({ pool }: { pool: NumberPool }) {
  const { t } = useTranslation()
  const draft = useDraft<NumberPool>('number-pools', pool)
  const { value, set, errorOf } = draft
  const sites = useAll<Site>('sites')
  const sources = useSources()
  const site = sites.data?.find(({ id }) => id === value.siteId)
  const groups = [...new Set([...(site?.numberGroups.map(({ name }) => name) ?? []), value.groupName])]
  const setRule = (change: Partial<Rule>): void => set({ rule: { ...value.rule, ...change } })
  const known = (of: (source: { name: string; campaign: string | null }) => string | null): string[] => [
    ...new Set((sources.data ?? []).flatMap((source) => of(source) ?? []))
  ]
  const tags = (kind: 'sources' | 'campaigns' | 'zones' | 'pages', data: string[] = [], help?: string) => (
    <TagsField
      label={t(`tracking.pool.${kind}`)}
      description={help}
      error={errorOf(`rule.${kind}`)}
      data={data}
      value={value.rule[kind]}
      onChange={(next) => setRule({ [kind]: next })}
    />
  )
  return (
    <div className={styles.two}>
      <Stack gap="md">
        <Part title={t('tracking.pool.members')}>
          <Select
            label={t('tracking.pool.mode')}
            data={(['dynamic', 'static'] as const).map((mode) => ({
              value: mode,
              label: t(`tracking.pools.${mode}`)
            }))}
            value={value.mode}
            allowDeselect={false}
            onChange={(mode) => mode && set({ mode: mode })}
          />
          <Numbers value={value} set={set} error={errorOf('numberIds')} />
          {value.mode === 'dynamic' && (
            <NumberInput
              label={t('tracking.pool.wanted')}
              description={t('tracking.pool.wantedHelp')}
              error={errorOf('wantedCoverage')}
              min={1}
              max={99.9}
              decimalScale={1}
              hideControls
              maw={220}
              value={Math.round(value.wantedCoverage * 1000) / 10}
              onChange={(next) => typeof next === 'number' && next > 0 && set({ wantedCoverage: next / 100 })}
            />
          )}
        </Part>
        <Part title={t('tracking.pool.rule')} text={t('tracking.pool.ruleText')}>
          <Text fw={580} data-testid="rule-summary">
            {ruleSummary(value.rule)}
          </Text>
          <MultiSelect
            label={t('tracking.pool.channels')}
            data={inquiryChannels.map((channel) => ({
              value: channel,
              label: t(`inquiryChannel.${channel}`)
            }))}
            value={value.rule.channels}
            onChange={(channels) => setRule({ channels: channels })}
            searchable
            clearable
          />
          {tags(
            'sources',
            known((source) => source.name),
            t('tracking.pool.sourcesHelp')
          )}
          {tags(
            'campaigns',
            known((source) => source.campaign)
          )}
          {tags('zones', ['Europe/Moscow', 'Europe', 'Asia'], t('tracking.pool.zonesHelp'))}
          {tags('pages', [], t('tracking.pool.pagesHelp'))}
        </Part>
        <Part title={t('tracking.pools.one')}>
          <div className={styles.even}>
            <TextInput
              label={t('tracking.pool.name')}
              value={value.name}
              error={errorOf('name')}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <Select
              label={t('tracking.pool.site')}
              data={(sites.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              value={value.siteId}
              allowDeselect={false}
              onChange={(siteId) => siteId && set({ siteId })}
            />
            <Select
              label={t('tracking.pool.group')}
              data={groups}
              value={value.groupName}
              allowDeselect={false}
              onChange={(groupName) => groupName && set({ groupName })}
            />
          </div>
          <Switch
            label={t('tracking.pool.active')}
            checked={value.isActive}
            onChange={(event) => set({ isActive: event.currentTarget.checked })}
          />
        </Part>
        <SaveBar draft={draft} />
      </Stack>
      <div className={styles.sticky}>
        <Part title={t('tracking.pool.tester')} text={t('tracking.pool.testerText')}>
          {site && <AddressCheck key={site.id} siteId={site.id} domain={site.domain} />}
        </Part>
      </div>
    </div>
  )
}

interface NumbersProps {
  value: NumberPool
  set: (change: Partial<NumberPool>) => void
  error: string | undefined
}

/** The members and the shared number, each with where it is used already. */
function Numbers({ value, set, error }: NumbersProps) {
  const { t } = useTranslation()
  const numbers = useNumbers()
  const pools = useAll<NumberPool>('number-pools')
  const sources = useSources()
  const others = (pools.data ?? []).filter(({ id }) => id !== value.id)
  /** Where a number is used; taken ones cannot be chosen. */
  function useOf(number: TrackingNumber): { text: string; isTaken: boolean } {
    const pool = others.find(({ numberIds }) => numberIds.includes(number.id))
    if (pool) return { text: t('tracking.pool.inPool', { name: pool.name }), isTaken: true }
    const overflow = others.find(({ overflowNumberId }) => overflowNumberId === number.id)
    if (overflow) return { text: t('tracking.pool.isOverflow', { name: overflow.name }), isTaken: true }
    const source = sources.data?.find(({ id }) => id === number.sourceId)
    if (source) return { text: t('tracking.pool.ofSource', { name: source.name }), isTaken: false }
    return { text: t('tracking.pool.free'), isTaken: false }
  }
  const all = numbers.data ?? []
  const textOf = new Map(all.map((number) => [number.id, useOf(number).text]))
  const options = (isOff: (number: TrackingNumber) => boolean) =>
    all.map((number) => ({
      value: number.id,
      label: formatPhone(number.e164),
      disabled: isOff(number)
    }))
  const renderOption = ({ option }: { option: { value: string; label: string } }) => (
    <div>
      <span className="num">{option.label}</span>
      <Text fz="xs" c="dimmed">
        {textOf.get(option.value)}
      </Text>
    </div>
  )
  const isDynamic = value.mode === 'dynamic'
  return (
    <>
      {isDynamic && (
        <MultiSelect
          label={t('tracking.pool.members')}
          description={t('tracking.pool.membersHelp')}
          error={error}
          data={options((number) => useOf(number).isTaken || number.id === value.overflowNumberId)}
          value={value.numberIds}
          onChange={(numberIds) => set({ numberIds })}
          renderOption={renderOption}
          searchable
          clearable
          maxDropdownHeight={320}
        />
      )}
      <Select
        label={t(isDynamic ? 'tracking.pool.overflow' : 'tracking.pool.staticNumber')}
        description={isDynamic ? t('tracking.pool.overflowHelp') : undefined}
        data={options(
          (number) =>
            value.numberIds.includes(number.id) ||
            others.some(({ numberIds }) => numberIds.includes(number.id))
        )}
        value={value.overflowNumberId}
        onChange={(overflowNumberId) => set({ overflowNumberId })}
        renderOption={renderOption}
        searchable
        clearable
      />
    </>
  )
}
