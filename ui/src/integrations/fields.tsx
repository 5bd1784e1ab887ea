import { Loader, PasswordInput, Select, Switch, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorKind } from '../../../api/contract/connector-words.ts'
import type { ConnectorChoice, ConnectorItem } from '../../../api/contract/connectors.ts'
import type { Pipeline } from '../../../api/contract/crm.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useAll } from '../lib/lookups.ts'
import styles from './integrations.module.css'
import type { FieldForm } from './kinds/form.ts'
import { NameTable } from './name-table.tsx'
import { kindWord } from './words.ts'

interface Props {
  kind: ConnectorKind
  field: FieldForm
  value: unknown
  onChange: (value: unknown) => void
  /** From the API. */
  error?: string | undefined
  /** Once it is there: whose lists may be asked. */
  link?: ConnectorItem
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

/** One field of a kind's form. */
export function Field(props: Props) {
  const { kind, field, value, onChange, error, link } = props
  const { t } = useTranslation()
  const label = kindWord(t, kind, `fields.${field.name}.label`) ?? field.name
  const hint = kindWord(t, kind, `fields.${field.name}.hint`)
  const wrong = error === undefined ? undefined : (kindWord(t, kind, `fields.${field.name}.wrong`) ?? error)
  const common = {
    label,
    ...(hint !== null && { description: hint }),
    ...(wrong !== undefined && { error: wrong }),
    'data-testid': `connector-${field.name}`
  }
  const isRequired = field.isOptional !== true
  if (field.type === 'flag')
    return (
      <Switch
        {...common}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  if (field.type === 'choice')
    return (
      <Select
        {...common}
        maw={420}
        allowDeselect={false}
        data={(field.choices ?? []).map((word) => ({
          value: word,
          label: kindWord(t, kind, `choices.${field.name}.${word}`) ?? word
        }))}
        value={textOf(value)}
        onChange={onChange}
      />
    )
  if (field.type === 'names')
    return <NameTable {...common} kind={kind} field={field} value={value} onChange={onChange} />
  if (field.type === 'list' && link) return <FromList {...props} link={link} label={label} hint={hint} />
  if (field.type === 'stages' && link) return <Stages {...props} link={link} label={label} hint={hint} />
  if (field.type === 'secret')
    return (
      <PasswordInput
        {...common}
        maw={420}
        required={isRequired}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': label }}
        value={textOf(value)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  return (
    <TextInput
      {...common}
      maw={420}
      required={isRequired}
      autoComplete="off"
      {...(field.placeholder !== undefined && { placeholder: field.placeholder })}
      {...(field.type === 'number' && { inputMode: 'numeric' as const })}
      value={textOf(value)}
      onChange={(event) => {
        const text = event.currentTarget.value
        onChange(field.type === 'number' && /^\d+$/.test(text) ? Number(text) : text)
      }}
    />
  )
}

type Chosen = Props & { link: ConnectorItem; label: string; hint: string | null }

/** What the other side has to choose from; asked for when somebody opens the choice, once for all fields of the list. */
function useList(link: ConnectorItem, field: FieldForm, kept: readonly string[]) {
  const { t } = useTranslation()
  const [isWanted, setIsWanted] = useState(false)
  const from = field.from ?? field.name
  const list = useQuery({
    queryKey: ['connector-list', link.id, from],
    queryFn: () => api<Page<ConnectorChoice>>('GET', `/api/connectors/${link.id}/lists/${from}`),
    enabled: isWanted,
    staleTime: 60_000,
    retry: false
  })
  const found = list.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []
  // What was chosen is shown before anybody asks, and when it is not there any more.
  const known = new Set(found.map(({ value }) => value))
  const others = [...new Set(kept)].filter((id) => !known.has(id)).map((id) => ({ value: id, label: id }))
  return {
    error: list.error,
    choice: {
      data: [...found, ...others],
      searchable: true,
      clearable: true,
      nothingFoundMessage: list.isFetching ? '…' : t('integrations.listEmpty'),
      onDropdownOpen: () => setIsWanted(true),
      ...(list.isFetching && { rightSection: <Loader size="xs" /> })
    }
  }
}

function FromList({ field, value, onChange, link, label, hint, error }: Chosen) {
  const { t } = useTranslation()
  const kept = textOf(value)
  const list = useList(link, field, kept === '' ? [] : [kept])
  const wrong = error ?? (list.error ? explain(list.error) : undefined)
  return (
    <Select
      {...list.choice}
      label={label}
      {...(hint !== null && { description: hint })}
      {...(wrong !== undefined && { error: wrong })}
      maw={420}
      placeholder={t('integrations.listNone')}
      value={kept === '' ? null : kept}
      onChange={onChange}
      data-testid={`connector-${field.name}`}
    />
  )
}

function Stages({ field, value, onChange, link, label, hint }: Chosen) {
  const { t } = useTranslation()
  const pipelines = useAll<Pipeline>('pipelines')
  const chosen = (typeof value === 'object' && value !== null ? value : {}) as Record<string, string>
  const list = useList(link, field, Object.values(chosen))
  return (
    <div data-testid={`connector-${field.name}`}>
      <Text fz="sm" fw={500}>
        {label}
      </Text>
      {hint !== null && (
        <Text c="dimmed" fz="xs">
          {hint}
        </Text>
      )}
      {list.error !== null && (
        <Text c="rust" fz="sm" role="alert">
          {explain(list.error)}
        </Text>
      )}
      {(pipelines.data ?? []).flatMap((pipeline) =>
        pipeline.stages
          .filter((stage) => field.kinds === undefined || field.kinds.includes(stage.kind))
          .map((stage) => (
            <div key={stage.id} className={styles.pair}>
              <Text className="cut" fz="sm">
                {pipeline.name} · {stage.name}
              </Text>
              <Select
                {...list.choice}
                aria-label={`${pipeline.name} · ${stage.name}`}
                placeholder={t('integrations.stagesNone')}
                value={chosen[stage.id] ?? null}
                onChange={(id) => {
                  const { [stage.id]: _gone, ...others } = chosen
                  onChange(id === null ? others : { ...others, [stage.id]: id })
                }}
              />
            </div>
          ))
      )}
    </div>
  )
}
