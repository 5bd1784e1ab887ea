import { Alert, Badge, Button, Code, CopyButton, Group, Switch, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ConnectorItem, ConnectorTest } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { FailedCalls, Exchanges } from './connector-log.tsx'
import styles from './integrations.module.css'
import { People } from './people.tsx'
import { Steps } from './steps.tsx'
import { colours, explainTrouble, standing } from './words.ts'

const toggles = ['isShowingCard', 'isCreating', 'isSendingRecords', 'isTellingSource'] as const

/** One link: how it stands, what it sends, what went wrong. */
export function ConnectorPage({ link, onBack }: { link: ConnectorItem; onBack: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const path = `/api/connectors/${link.id}`
  const fresh = () => client.invalidateQueries({ queryKey: ['all', 'connectors'] })
  const change = useMutation({
    mutationFn: (body: Record<string, unknown>) => api('PATCH', path, body),
    onSuccess: fresh
  })
  const test = useMutation({
    mutationFn: () => api<ConnectorTest>('POST', `${path}/test`, {}),
    onSuccess: fresh
  })
  const remove = useMutation({
    mutationFn: () => api('DELETE', path),
    async onSuccess() {
      await fresh()
      onBack()
    }
  })
  const now = standing(link)
  const error = change.error ?? test.error ?? remove.error
  return (
    <section>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconArrowLeft size={15} />}
        onClick={onBack}
        mb="xs"
      >
        {t('integrations.back')}
      </Button>
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={1} size="h2">
            {link.name}
          </Title>
          <Badge color={colours[now]} variant="light" tt="none" data-testid="connector-state">
            {t(`integrations.state.${now}`)}
          </Badge>
        </Group>
        <Group gap="sm">
          <Button
            variant="default"
            loading={test.isPending}
            onClick={() => test.mutate()}
            data-testid="connector-test"
          >
            {t('integrations.check')}
          </Button>
          <ConfirmButton
            text={t('integrations.removeText')}
            confirm={t('integrations.remove')}
            onConfirm={() => remove.mutate()}
          >
            {(ask) => (
              <Button variant="subtle" color="rust" onClick={ask}>
                {t('integrations.remove')}
              </Button>
            )}
          </ConfirmButton>
        </Group>
      </Group>
      <Text c="dimmed" fz="sm">
        {t('integrations.counts', link.calls)} ·{' '}
        {link.lastOkAt === null
          ? t('integrations.never')
          : t('integrations.lastOk', { at: `${dayOf(link.lastOkAt)}, ${timeOfDay(link.lastOkAt)}` })}
      </Text>
      <div aria-live="polite">
        {error && (
          <Alert color="rust" mt="sm">
            {explain(error)}
          </Alert>
        )}
        {test.data && (
          <Alert
            color={!test.data.isOk ? 'rust' : test.data.code === null ? 'pine' : 'amber'}
            mt="sm"
            data-testid="connector-test-answer"
          >
            {!test.data.isOk
              ? explainTrouble(t, test.data.code, test.data.message)
              : t(test.data.code === null ? 'integrations.checkOk' : 'integrations.checkNoAddress')}
          </Alert>
        )}
        {link.trouble !== null && !test.data && (
          <Alert
            color={link.state === 'needsLogin' ? 'rust' : 'amber'}
            mt="sm"
            data-testid="connector-trouble"
          >
            {explainTrouble(t, link.trouble, link.troubleDetail)}{' '}
            {link.state === 'ready' &&
              link.pausedUntil !== null &&
              t('integrations.pausedUntil', { at: timeOfDay(link.pausedUntil) })}
          </Alert>
        )}
      </div>
      {link.state !== 'ready' && <Steps link={link} />}
      {link.state !== 'new' && (
        <>
          <FailedCalls link={link} />
          <div className={`sheet ${styles.part}`}>
            <Title order={2} size="h4" mb="sm">
              {t('integrations.settings')}
            </Title>
            <Switch
              mb="xs"
              label={t('integrations.active')}
              checked={link.isActive}
              onChange={(event) => change.mutate({ isActive: event.currentTarget.checked })}
            />
            {toggles.map((name) => (
              <Switch
                key={name}
                mb="xs"
                label={t(`integrations.${name}`)}
                checked={link.settings[name] === true}
                onChange={(event) =>
                  change.mutate({ settings: { ...link.settings, [name]: event.currentTarget.checked } })
                }
              />
            ))}
            <Text fw={580} mt="md">
              {t('integrations.ownerTitle')}
            </Text>
            <Text c="dimmed" fz="sm">
              {t('integrations.ownerText')}
            </Text>
            <Address value={link.ownerUrl} />
          </div>
          <People link={link} />
          <Exchanges link={link} />
        </>
      )}
    </section>
  )
}

/** An address to be taken along. */
export function Address({ value }: { value: string }) {
  const { t } = useTranslation()
  return (
    <Group gap="sm" mt={6} wrap="nowrap">
      <Code className={styles.address ?? ''}>{value}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="light" onClick={copy} style={{ flexShrink: 0 }}>
            {t(copied ? 'integrations.copied' : 'integrations.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
