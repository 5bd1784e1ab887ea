import { Alert, Button, Group, Loader, PasswordInput, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { Address } from './connector-page.tsx'
import styles from './integrations.module.css'

function Step({
  number,
  title,
  text,
  children
}: {
  number: number
  title: string
  text: string
  children?: ReactNode
}) {
  return (
    <div className={styles.step}>
      <span className={styles.mark} aria-hidden>
        {number}
      </span>
      <div style={{ minWidth: 0 }}>
        <Text fw={620}>{title}</Text>
        <Text c="dimmed" fz="sm">
          {text}
        </Text>
        {children}
      </div>
    </div>
  )
}

/** What a person does in Bitrix24, and what they bring back. */
export function Steps({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [clientId, setClientId] = useState('')
  const [clientSecret, setClientSecret] = useState('')
  const save = useMutation({
    mutationFn: () => api('PATCH', `/api/connectors/${link.id}`, { keys: { clientId, clientSecret } }),
    async onSuccess() {
      setClientId('')
      setClientSecret('')
      await client.invalidateQueries({ queryKey: ['all', 'connectors'] })
    }
  })
  const hasKeys = link.keys.includes('clientId') && link.keys.includes('clientSecret')
  return (
    <div className={`sheet ${styles.part}`} data-testid="connector-steps">
      <Step number={1} title={t('integrations.steps.app')} text={t('integrations.steps.appText')} />
      <Step number={2} title={t('integrations.steps.address')} text={t('integrations.steps.addressText')}>
        <Address value={link.hookUrl} />
        {!link.hookUrl.startsWith('https:') && (
          <Alert color="amber" p="xs" mt="xs">
            {t('integrations.steps.localAddress')}
          </Alert>
        )}
      </Step>
      <Step number={3} title={t('integrations.steps.keys')} text={t('integrations.steps.keysText')}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <Group align="flex-end" mt="xs">
            <TextInput
              label={t('integrations.steps.clientId')}
              required
              autoComplete="off"
              value={clientId}
              onChange={(event) => setClientId(event.currentTarget.value)}
              data-testid="connector-client-id"
            />
            <PasswordInput
              label={t('integrations.steps.clientSecret')}
              required
              autoComplete="new-password"
              miw={260}
              visibilityToggleButtonProps={{ 'aria-label': t('integrations.steps.clientSecret') }}
              value={clientSecret}
              onChange={(event) => setClientSecret(event.currentTarget.value)}
              data-testid="connector-client-secret"
            />
            <Button type="submit" variant="light" loading={save.isPending} data-testid="connector-save-keys">
              {t('integrations.steps.saveKeys')}
            </Button>
          </Group>
        </form>
        <div aria-live="polite">
          {save.isError && (
            <Text c="rust" fz="sm">
              {explain(save.error)}
            </Text>
          )}
          {hasKeys && (
            <Text fz="sm" mt={6} data-testid="connector-keys-there">
              {t('integrations.steps.keysThere')}
            </Text>
          )}
        </div>
      </Step>
      <Step number={4} title={t('integrations.steps.install')} text={t('integrations.steps.installText')}>
        {hasKeys && (
          <Group gap="xs" mt={6}>
            <Loader size="xs" />
            <Text fz="sm">{t('integrations.steps.waiting')}</Text>
          </Group>
        )}
      </Step>
    </div>
  )
}
