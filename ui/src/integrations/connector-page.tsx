import { Alert, Badge, Button, Group, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ConnectorItem, ConnectorTest } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { Failed, Exchanges } from './connector-log.tsx'
import { kindForms } from './kinds/kinds.ts'
import { People } from './people.tsx'
import { SettingsForm } from './settings-form.tsx'
import { OtherKeys, Steps } from './steps.tsx'
import { colours, explainTrouble, kindWord, standing } from './words.ts'

/** One link: how it stands, what it sends, what went wrong. */
export function ConnectorPage({ link, onBack }: { link: ConnectorItem; onBack: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const path = `/api/connectors/${link.id}`
  const fresh = () => client.invalidateQueries({ queryKey: ['all', 'connectors'] })
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
  const system = kindWord(t, link.kind, 'name')
  const error = test.error ?? remove.error
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
        {t('integrations.counts', link.counts)} ·{' '}
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
              ? explainTrouble(t, link.kind, test.data.code, test.data.message)
              : t(test.data.code === null ? 'integrations.checkOk' : 'integrations.checkNoAddress', {
                  system
                })}
          </Alert>
        )}
        {link.trouble !== null && !test.data && (
          <Alert
            color={link.state === 'needsLogin' ? 'rust' : 'amber'}
            mt="sm"
            data-testid="connector-trouble"
          >
            {explainTrouble(t, link.kind, link.trouble, link.troubleDetail, link.state === 'needsLogin')}{' '}
            {link.state === 'ready' &&
              link.pausedUntil !== null &&
              t('integrations.pausedUntil', { at: timeOfDay(link.pausedUntil) })}
          </Alert>
        )}
      </div>
      {link.state !== 'ready' && <Steps link={link} />}
      {link.state !== 'new' && (
        <>
          <Failed link={link} />
          <SettingsForm link={link} />
          {link.state === 'ready' && <OtherKeys link={link} />}
          {kindForms[link.kind].hasPeople && <People link={link} />}
          <Exchanges link={link} />
        </>
      )}
    </section>
  )
}
