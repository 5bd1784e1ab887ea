import { Button, Group, Menu, Select, TextInput } from '@mantine/core'
import { IconDownload, IconFileImport, IconSearch, IconTableOptions } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportThing } from '../../../api/contract/settings-words.ts'
import { api, type Page } from '../lib/api.ts'
import { query } from '../lib/query.ts'
import { useLater } from '../lib/use-later.ts'
import type { Option } from './form-fields.tsx'
import { ImportDialog } from './import-dialog.tsx'

/** One choice by which a list is narrowed. */
export interface ListFilter {
  name: string
  label: string
  options: readonly Option[]
}

const pageSize = 50

/** What a list is narrowed by, and what the server found, page after page. */
export function useListed<T>(things: string, isOn: boolean) {
  const [search, setSearch] = useState('')
  const [filters, setFilters] = useState<Record<string, string | null>>({})
  const later = useLater(search.trim(), 250)
  const asked = { ...filters, search: later }
  const pages = useInfiniteQuery({
    queryKey: ['all', things, 'listed', asked],
    queryFn: ({ pageParam }) =>
      api<Page<T>>('GET', `/api/${things}${query({ ...asked, limit: pageSize, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    select: (data) => data.pages.flatMap((page) => page.items),
    placeholderData: (before) => before,
    enabled: isOn
  })
  const isNarrowed = later !== '' || Object.values(filters).some((value) => value !== null)
  return { search, setSearch, filters, setFilters, asked, pages, isNarrowed }
}

/** Ids of everything that the filters let through, at most a thousand: so many are changed at once. */
export async function idsFound(things: string, asked: Record<string, string | null>): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const found: Page<{ id: string }> = await api(
      'GET',
      `/api/${things}${query({ ...asked, limit: 200, cursor })}`
    )
    ids.push(...found.items.map(({ id }) => id))
    cursor = found.nextCursor
  } while (cursor !== null && ids.length < 1000)
  return ids.slice(0, 1000)
}

interface Props {
  search: string
  onSearch: (text: string) => void
  filters: readonly ListFilter[]
  chosen: Record<string, string | null>
  onChoose: (chosen: Record<string, string | null>) => void
  imports: readonly ImportThing[]
}

/** What stands above a long list: search, filters, and its files. */
export function ListTools({ search, onSearch, filters, chosen, onChoose, imports }: Props) {
  const { t } = useTranslation()
  return (
    <Group mb="sm" gap="xs" align="center" data-testid="list-tools">
      <TextInput
        aria-label={t('lists.search')}
        placeholder={t('lists.search')}
        leftSection={<IconSearch size={15} />}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        w={200}
        data-testid="list-search"
      />
      {filters.map(({ name, label, options }) => (
        <Select
          key={name}
          aria-label={label}
          placeholder={label}
          data={[...options]}
          value={chosen[name] ?? null}
          onChange={(value) => onChoose({ ...chosen, [name]: value })}
          searchable={options.length > 8}
          clearable
          w={150}
          data-testid={`filter-${name}`}
        />
      ))}
      {imports.length > 0 && <Files imports={imports} />}
    </Group>
  )
}

function Files({ imports }: { imports: readonly ImportThing[] }) {
  const { t, i18n } = useTranslation()
  const [opened, setOpened] = useState<ImportThing | null>(null)
  const locale = i18n.language === 'en' ? 'en' : 'ru'
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            ml="auto"
            leftSection={<IconTableOptions size={16} />}
            data-testid="list-files"
          >
            {t('lists.files')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {imports.map((things) => (
            <div key={things}>
              <Menu.Label>{t(`imports.things.${things}`)}</Menu.Label>
              <Menu.Item
                leftSection={<IconFileImport size={15} />}
                onClick={() => setOpened(things)}
                data-testid={`import-${things}`}
              >
                {t('imports.open')}
              </Menu.Item>
              {(['csv', 'xlsx'] as const).map((format) => (
                <Menu.Item
                  key={format}
                  component="a"
                  href={`/api/imports/export${query({ things, format, locale })}`}
                  download
                  leftSection={<IconDownload size={15} />}
                >
                  {t('imports.export', { format: format.toUpperCase() })}
                </Menu.Item>
              ))}
            </div>
          ))}
        </Menu.Dropdown>
      </Menu>
      {opened && <ImportDialog things={opened} onClose={() => setOpened(null)} />}
    </>
  )
}
