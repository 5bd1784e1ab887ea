import { ActionIcon } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ConfirmButton } from './confirm-button.tsx'
import styles from './settings.module.css'

interface Props {
  /** What is removed, by its name. */
  name: string
  /** What goes with it; a plain sentence where nothing does. */
  text?: string
  onConfirm: () => void
  testId?: string
}

/** The bin beside a thing; it asks first. */
export function RemoveButton({ name, text, onConfirm, testId }: Props) {
  const { t } = useTranslation()
  return (
    <ConfirmButton
      text={text ?? t('common.removeText', { name })}
      confirm={t('common.remove')}
      onConfirm={onConfirm}
    >
      {(ask) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          className={styles.quiet ?? ''}
          aria-label={`${t('common.remove')}: ${name}`}
          onClick={ask}
          data-testid={testId}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </ConfirmButton>
  )
}
