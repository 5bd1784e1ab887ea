import { Alert, Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import styles from './tracking.module.css'
import type { Draft } from './use-draft.ts'

/** Says that something is not saved, saves it, or takes it back. Stays in sight while there is something to save. */
export function SaveBar<T>({ draft }: { draft: Draft<T> }) {
  const { t } = useTranslation()
  if (!draft.isDirty && !draft.error) return null
  return (
    <div className={styles.saveBar}>
      {draft.error && (
        <Alert color="rust" role="alert" mb="xs">
          {explain(draft.error)}
        </Alert>
      )}
      <Group justify="flex-end" gap="sm">
        <Text fz="sm" c="dimmed" mr="auto">
          {t('tracking.unsaved')}
        </Text>
        <Button variant="default" onClick={draft.undo}>
          {t('tracking.undo')}
        </Button>
        <Button onClick={draft.save} loading={draft.isSaving} data-testid="save-draft">
          {t('common.save')}
        </Button>
      </Group>
    </div>
  )
}
