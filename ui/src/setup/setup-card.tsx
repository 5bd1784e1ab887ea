import { Button, Group, Text } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate } from 'react-router'
import { toast } from '../lib/toast.tsx'
import { left, useSetup, useSetupChange } from './use-setup.ts'

/** On the desk of admins: leads into the wizard while all is new, then tells what is left until that is done or hidden. */
export default function SetupCard() {
  const { t } = useTranslation()
  const setup = useSetup()
  const change = useSetupChange()
  const state = setup.data
  if (!state || state.isFinished) return null
  if (state.isNew) return <Navigate to="/setup" replace />
  const open = left(state)
  const names = open.map((step) => t(`firstHour.step.${step}`)).join(', ')
  const hide = (): void =>
    change.mutate({ isFinished: true }, { onSuccess: () => toast('pine', t('firstHour.offerHidden')) })
  return (
    <section
      className="sheet"
      style={{ padding: 20 }}
      aria-label={t('firstHour.offer')}
      data-testid="setup-card"
    >
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={620}>
            {open.length === 0 ? t('firstHour.offer') : t('firstHour.offerLeft', { count: open.length })}
          </Text>
          {open.length > 0 && (
            <Text fz="sm" c="dimmed" mt={2}>
              {t('firstHour.offerText', { steps: names })}
            </Text>
          )}
        </div>
        <IconRoute size={26} stroke={1.5} color="var(--rt-brand)" aria-hidden style={{ flex: 'none' }} />
      </Group>
      <Group mt="md" gap="xs">
        <Button component={Link} to="/setup" data-testid="setup-go">
          {t('firstHour.offerGo')}
        </Button>
        <Button variant="default" loading={change.isPending} onClick={hide} data-testid="setup-hide">
          {t('firstHour.offerHide')}
        </Button>
      </Group>
    </section>
  )
}
