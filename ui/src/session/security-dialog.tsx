import '../styles/later.ts'
import { Divider, Modal, Stack, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SecondFactorPart } from './second-factor.tsx'
import { Sessions } from './sessions.tsx'

/** The own second factor, and where one is signed in. */
export default function SecurityDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('signIn.security')}
      size="md"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md" data-testid="security-dialog">
        <Title order={3} fz="md">
          {t('signIn.factor')}
        </Title>
        <SecondFactorPart />
        <Divider />
        <Title order={3} fz="md">
          {t('signIn.sessions')}
        </Title>
        <Sessions path="/api/me/sessions" />
      </Stack>
    </Modal>
  )
}
