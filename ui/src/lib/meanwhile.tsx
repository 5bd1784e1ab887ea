import { Alert, Button, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiError } from './api.ts'
import { fullTime, isToday, timeOfDay } from './format.ts'

/** What stands there now, as the server tells whoever saves second. */
export interface Meanwhile<T> {
  item: T
  savedBy: string | null
  savedAt: string
}

/** What somebody else saved while this was being changed; null when that is not why it was refused. */
export function meanwhileOf<T>(error: unknown): Meanwhile<T> | null {
  if (!(error instanceof ApiError) || error.problem.code !== 'changed_meanwhile') return null
  return (error.problem.current as Meanwhile<T> | undefined) ?? null
}

interface Props {
  by: Pick<Meanwhile<unknown>, 'savedBy' | 'savedAt'>
  /** What is taken over from them, and what both changed, as the screen calls it. */
  taken: readonly string[]
  both: readonly string[]
  /** Lets the own changes go. */
  onReload: () => void
}

/** Tells that somebody else saved first: what of theirs is in the form now, and what would be overwritten. */
export function ChangedMeanwhile({ by, taken, both, onReload }: Props) {
  const { t } = useTranslation()
  const at = isToday(by.savedAt) ? timeOfDay(by.savedAt) : fullTime(by.savedAt)
  return (
    <Alert
      color="amber"
      role="alert"
      icon={<IconUsers size={18} />}
      title={
        by.savedBy === null ? t('meanwhile.somebody', { at }) : t('meanwhile.title', { name: by.savedBy, at })
      }
      data-testid="changed-meanwhile"
    >
      {taken.length > 0 && (
        <Text fz="sm">
          {t('meanwhile.taken')} <b>{taken.join(', ')}</b>.
        </Text>
      )}
      {both.length > 0 && (
        <Text fz="sm">
          {t('meanwhile.both')} <b>{both.join(', ')}</b>.
        </Text>
      )}
      <Text fz="sm" mb="xs">
        {t('meanwhile.next')}
      </Text>
      <Button size="compact-sm" variant="default" onClick={onReload} data-testid="meanwhile-reload">
        {t('meanwhile.reload')}
      </Button>
    </Alert>
  )
}
