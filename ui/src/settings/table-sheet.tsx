import { Button, Skeleton, Stack, Table, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './settings.module.css'

interface Props<T> {
  query: Pick<UseQueryResult<T[]>, 'isPending' | 'isError' | 'error' | 'data'> & {
    refetch: () => Promise<unknown>
  }
  /** What is said when there are none. */
  empty: string
  /** The cells of the head row. */
  head: ReactNode
  row: (item: T) => ReactNode
}

/** A table of things, with what is shown until they are there or when there are none. */
export function TableSheet<T>({ query, empty, head, row }: Props<T>) {
  const { t } = useTranslation()
  return (
    <div className={`sheet ${styles.tableSheet}`}>
      {query.isPending && (
        <Stack p="md">
          {[0, 1, 2, 3].map((each) => (
            <Skeleton key={each} height={26} />
          ))}
        </Stack>
      )}
      {query.isError && (
        <Stack p="lg" align="center">
          <Text>{explain(query.error)}</Text>
          <Button variant="default" onClick={() => inBackground(query.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {query.data?.length === 0 && (
        <Text c="dimmed" ta="center" p="xl">
          {empty}
        </Text>
      )}
      {query.data && query.data.length > 0 && (
        <Table verticalSpacing={8} horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>{head}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>{query.data.map(row)}</Table.Tbody>
        </Table>
      )}
    </div>
  )
}
