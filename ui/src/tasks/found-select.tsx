import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, type Page } from '../lib/api.ts'
import { query } from '../lib/query.ts'

interface Props {
  label: string
  placeholder: string
  /** Of the collection, such as `deals`. */
  things: 'contacts' | 'deals'
  value: { id: string; name: string } | null
  onChange: (value: { id: string; name: string } | null) => void
}

/** One thing of a long collection, found by typing. */
export function FoundSelect({ label, placeholder, things, value, onChange }: Props) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search === value?.name ? '' : search.trim(), 250)
  const found = useQuery({
    queryKey: ['found', things, wanted],
    queryFn: () =>
      api<Page<{ id: string; name?: string; title?: string }>>(
        'GET',
        `/api/${things}${query({ search: wanted, limit: 20 })}`
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000
  })
  const items = (found.data?.items ?? []).map((item) => ({
    value: item.id,
    label: item.name ?? item.title ?? ''
  }))
  const isKnown = value === null || items.some((item) => item.value === value.id)
  const data = isKnown ? items : [{ value: value.id, label: value.name }, ...items]
  return (
    <Select
      label={label}
      placeholder={placeholder}
      data={data}
      value={value?.id ?? null}
      searchable
      clearable
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={setSearch}
      nothingFoundMessage={t('common.nothingFound')}
      onChange={(id) => {
        const item = data.find((each) => each.value === id)
        onChange(item ? { id: item.value, name: item.label } : null)
      }}
    />
  )
}
