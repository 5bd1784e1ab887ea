import { Button, Skeleton, Stack, Text } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './contacts.module.css'

/** Grey lines in the place of rows that come. */
export function Waiting({ rows, height = 28, p = 'md' }: { rows: number; height?: number; p?: 'md' | 0 }) {
  return (
    <Stack p={p} gap={14}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} />
      ))}
    </Stack>
  )
}

/** What a list that could not be fetched says. */
export function Refused({ found }: { found: UseInfiniteQueryResult }) {
  const { t } = useTranslation()
  return (
    <div className={styles.empty} role="alert">
      <Text mb="sm">{explain(found.error)}</Text>
      <Button variant="default" onClick={() => inBackground(found.refetch())}>
        {t('common.retry')}
      </Button>
    </div>
  )
}

/** The next page, while there is one. */
export function More({ found }: { found: UseInfiniteQueryResult }) {
  const { t } = useTranslation()
  if (!found.hasNextPage) return null
  return (
    <div className={styles.more}>
      <Button
        variant="subtle"
        size="xs"
        loading={found.isFetchingNextPage}
        onClick={() => inBackground(found.fetchNextPage())}
      >
        {t('crm.more')}
      </Button>
    </div>
  )
}
