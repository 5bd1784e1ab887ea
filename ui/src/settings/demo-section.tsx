import { Button, Group, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { PlaceTestCall } from '../operator/place-test-call.tsx'
import { useDemo } from '../session/demo.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { toast } from '../lib/toast.tsx'

/** The demo company: a call from it, and its end. */
export function DemoSection() {
  const { t } = useTranslation()
  const demo = useDemo()
  const client = useQueryClient()
  const wipe = useMutation({
    mutationFn: () => api('DELETE', '/api/demo'),
    onSuccess: async () => {
      await client.invalidateQueries()
      toast('pine', t('demo.wiped'))
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <section>
      <Title order={1} size="h2">
        {t('settings.demo.title')}
      </Title>
      <Text c="dimmed" maw={620} mb="md">
        {t(demo.data?.isDemo ? 'settings.demo.text' : 'settings.demo.off')}
      </Text>
      {demo.data?.isDemo && (
        <Group>
          <PlaceTestCall variant="default" />
          <ConfirmButton
            text={t('settings.demo.wipeText')}
            confirm={t('settings.demo.wipe')}
            onConfirm={() => wipe.mutate()}
          >
            {(ask) => (
              <Button
                color="rust"
                variant="light"
                loading={wipe.isPending}
                onClick={ask}
                data-testid="wipe-demo"
              >
                {t('settings.demo.wipe')}
              </Button>
            )}
          </ConfirmButton>
        </Group>
      )}
    </section>
  )
}
