import { Button, Checkbox, Group, Table, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import type { ImportThing } from '../../../api/contract/settings-words.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { BulkBar, LastBulk } from './bulk-bar.tsx'
import type { Bulk } from './bulk-dialog.tsx'
import type { Field, Values } from './form-fields.tsx'
import { ListTools, useListed, type ListFilter } from './list-tools.tsx'
import { ResourceForm } from './resource-form.tsx'
import { SafeDelete } from './safe-delete.tsx'
import { SectionHead } from './section-head.tsx'
import styles from './settings.module.css'
import { TableSheet } from './table-sheet.tsx'

export interface Column<T> {
  header: string
  cell: (item: T) => ReactNode
  isRight?: boolean
}

interface Props<T extends { id: string }> {
  /** Name of the collection in the API. */
  things: string
  title: string
  text: string
  addLabel: string
  nameOf: (item: T) => string
  columns: readonly Column<T>[]
  fields: (item: T | null) => readonly Field[]
  toForm: (item: T | null) => Values
  toBody?: (values: Values, isNew: boolean) => Record<string, unknown>
  onSaved?: (answer: unknown) => void
  /** More buttons at the end of a row. */
  actions?: (item: T) => ReactNode
  refetchMs?: number
  /** Things of this kind are made and removed, never changed. */
  isFixed?: boolean
  /** Makes a new one in a way of its own, instead of the form. */
  onAdd?: () => void
  /** A list that may be long: the server searches and narrows it, and gives it page by page. */
  list?: { filters: readonly ListFilter[]; imports?: readonly ImportThing[] }
  /** What may be changed in many of them at once. */
  bulk?: Bulk
}

/** A list that is fetched whole is searched from so many on. */
const manyItems = 10

/** A collection of settings: a table, a form to make and change, a button to remove. */
export function ResourceTable<T extends { id: string }>(props: Props<T>) {
  const { things, title, text, addLabel, nameOf, columns, fields, toForm, toBody, onSaved, actions } = props
  const { isFixed = false, onAdd, refetchMs, list, bulk } = props
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { section, id: linked } = useParams()
  const whole = useAll<T>(things, list === undefined || linked !== undefined, refetchMs)
  const listed = useListed<T>(things, list !== undefined)
  const [edited, setEdited] = useState<T | 'new' | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  // Opened by a link, such as one that says what uses something.
  const byLink = whole.data?.find(({ id }) => id === linked) ?? null
  const open = edited ?? (isFixed ? null : byLink)
  const item = open === 'new' ? null : open
  const close = (): void => {
    setEdited(null)
    if (linked !== undefined && section !== undefined) inBackground(navigate(`/settings/${section}`))
  }
  const found = listed.search.trim().toLowerCase()
  const isSearched = list !== undefined || (whole.data?.length ?? 0) > manyItems
  const shown = list
    ? listed.pages
    : { ...whole, data: whole.data?.filter((each) => nameOf(each).toLowerCase().includes(found)) }
  const ids = (shown.data ?? []).map(({ id }) => id)
  const toggle = (id: string): void => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const isAll = ids.length > 0 && ids.every((id) => chosen.has(id))
  return (
    <section>
      <SectionHead
        title={title}
        text={text}
        addLabel={addLabel}
        onAdd={() => (onAdd ? onAdd() : setEdited('new'))}
        things={things}
      />
      {isSearched && (
        <ListTools
          search={listed.search}
          onSearch={listed.setSearch}
          filters={list?.filters ?? []}
          chosen={listed.filters}
          onChoose={listed.setFilters}
          imports={list?.imports ?? []}
        />
      )}
      {bulk && <LastBulk things={bulk.things} />}
      {bulk && chosen.size > 0 && (
        <BulkBar
          bulk={bulk}
          asked={listed.asked}
          chosen={chosen}
          canAll={isAll && listed.pages.hasNextPage}
          onChoose={setChosen}
        />
      )}
      <TableSheet
        query={shown}
        empty={t(found !== '' || listed.isNarrowed ? 'lists.nothing' : 'settings.empty')}
        head={
          <>
            {bulk && (
              <Table.Th w={44}>
                <Checkbox
                  aria-label={t('lists.all')}
                  checked={isAll}
                  indeterminate={!isAll && ids.some((id) => chosen.has(id))}
                  onChange={() => setChosen(new Set(isAll ? [] : [...chosen, ...ids]))}
                  data-testid="choose-all"
                />
              </Table.Th>
            )}
            {columns.map((column) => (
              <Table.Th key={column.header} ta={column.isRight ? 'right' : 'left'}>
                {column.header}
              </Table.Th>
            ))}
            <Table.Th />
          </>
        }
        row={(each) => (
          <Table.Tr
            key={each.id}
            data-testid={`${things}-row`}
            style={isFixed ? {} : { cursor: 'pointer' }}
            onClick={() => !isFixed && setEdited(each)}
          >
            {bulk && (
              <Table.Td onClick={(event) => event.stopPropagation()}>
                <Checkbox
                  aria-label={nameOf(each)}
                  checked={chosen.has(each.id)}
                  onChange={() => toggle(each.id)}
                  data-testid="choose"
                />
              </Table.Td>
            )}
            {columns.map((column, index) => (
              <Table.Td key={column.header} ta={column.isRight ? 'right' : 'left'}>
                {index === 0 && !isFixed ? (
                  <button type="button" className={styles.open} onClick={() => setEdited(each)}>
                    {column.cell(each)}
                  </button>
                ) : (
                  column.cell(each)
                )}
              </Table.Td>
            ))}
            <Table.Td onClick={(event) => event.stopPropagation()}>
              <Group gap={4} justify="flex-end" wrap="nowrap">
                {actions?.(each)}
                <SafeDelete things={things} id={each.id} name={nameOf(each)} testId={`remove-${things}`} />
              </Group>
            </Table.Td>
          </Table.Tr>
        )}
      />
      {list && listed.pages.hasNextPage && (
        <Group justify="center" mt="sm">
          <Text c="dimmed" fz="sm">
            {t('lists.shown', { count: ids.length })}
          </Text>
          <Button
            variant="default"
            loading={listed.pages.isFetchingNextPage}
            onClick={() => inBackground(listed.pages.fetchNextPage())}
            data-testid="list-more"
          >
            {t('lists.more')}
          </Button>
        </Group>
      )}
      {open && (
        <ResourceForm
          title={item ? nameOf(item) : addLabel}
          path={`/api/${things}`}
          id={item?.id ?? null}
          fields={fields(item)}
          initial={toForm(item)}
          toBody={toBody ?? ((values) => values)}
          onClose={close}
          {...(onSaved && { onSaved })}
        />
      )}
    </section>
  )
}
