import { Button, Group, Modal, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  /** What will happen, in full. */
  text: string
  confirm: string
  onConfirm: () => void
  children: (ask: () => void) => ReactNode
}

/** Asks before doing what cannot be taken back. */
export function ConfirmButton({ text, confirm, onConfirm, children }: Props) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      {children(() => setOpen(true))}
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={confirm}
        withCloseButton={false}
        size="sm"
        centered
      >
        <Text>{text}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setOpen(false)}>
            {t('common.cancel')}
          </Button>
          <Button
            color="rust"
            onClick={() => {
              setOpen(false)
              onConfirm()
            }}
            data-testid="confirm"
          >
            {confirm}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
