import { Button, Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import styles from './my-work.module.css'

interface Props {
  isPending: boolean
  error: Error | null
  onRetry: () => void
  /** Null while there is something to show. */
  empty: { title: string; text: string } | null
  children: ReactNode
}

/** A list of the operator's, or what stands in its place: nothing yet, nothing there, or why it did not come. */
export function ListStates({ isPending, error, onRetry, empty, children }: Props) {
  const { t } = useTranslation()
  if (isPending) {
    return (
      <Stack gap={12} p={18}>
        {[0, 1, 2].map((each) => (
          <Skeleton key={each} height={34} />
        ))}
      </Stack>
    )
  }
  if (error) {
    return (
      <div className={styles.empty}>
        <Text fz="sm">{explain(error)}</Text>
        <Button size="xs" mt="sm" variant="default" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      </div>
    )
  }
  if (empty) {
    return (
      <div className={styles.empty} data-testid="list-empty">
        <Text fw={600}>{empty.title}</Text>
        <Text c="dimmed" fz="sm" mt={2}>
          {empty.text}
        </Text>
      </div>
    )
  }
  return children
}
