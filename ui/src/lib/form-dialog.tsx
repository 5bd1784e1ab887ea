import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from './explain.ts'

interface Props {
  title: string
  /** What went wrong at the last try; null while nothing has. */
  error: unknown
  isBusy: boolean
  isDisabled?: boolean
  saveLabel: string
  onSubmit: () => void
  onClose: () => void
  testId: string
  saveTestId?: string
  size?: 'lg'
  children: ReactNode
}

/** A form in a dialog: its fields, what went wrong, and the two ways out. */
export function FormDialog(props: Props) {
  const { title, error, isBusy, isDisabled = false, saveLabel, onSubmit, onClose, testId, saveTestId } = props
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      {...(props.size && { size: props.size })}
    >
      <form
        data-testid={testId}
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        <Stack gap="sm">
          {error !== null && (
            <Alert color="rust" role="alert">
              {explain(error)}
            </Alert>
          )}
          {props.children}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={isBusy} disabled={isDisabled} data-testid={saveTestId}>
              {saveLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
