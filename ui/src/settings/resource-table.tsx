import { Group, Table } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAll } from '../lib/lookups.ts'
import type { Field, Values } from './form-fields.tsx'
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
}

/** A collection of settings: a table, a form to make and change, a button to remove. */
export function ResourceTable<T extends { id: string }>(props: Props<T>) {
  const { things, title, text, addLabel, nameOf, columns, fields, toForm, toBody, onSaved, actions } = props
  const { isFixed = false, onAdd, refetchMs } = props
  const { t } = useTranslation()
  const items = useAll<T>(things, true, refetchMs)
  const [edited, setEdited] = useState<T | 'new' | null>(null)
  const item = edited === 'new' ? null : edited
  return (
    <section>
      <SectionHead
        title={title}
        text={text}
        addLabel={addLabel}
        onAdd={() => (onAdd ? onAdd() : setEdited('new'))}
        things={things}
      />
      <TableSheet
        query={items}
        empty={t('settings.empty')}
        head={
          <>
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
      {edited && (
        <ResourceForm
          title={item ? nameOf(item) : addLabel}
          path={`/api/${things}`}
          id={item?.id ?? null}
          fields={fields(item)}
          initial={toForm(item)}
          toBody={toBody ?? ((values) => values)}
          onClose={() => setEdited(null)}
          {...(onSaved && { onSaved })}
        />
      )}
    </section>
  )
}
