import { Badge, Button, Group, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { connectorKinds, type ConnectorKind } from '../../../api/contract/connector-words.ts'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import settings from '../settings/settings.module.css'
import { ConnectorPage } from './connector-page.tsx'
import styles from './integrations.module.css'
import { colours, explainTrouble, standing } from './words.ts'

/** Links to foreign systems: those there are, and what can be linked. */
export default function IntegrationsPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const links = useAll<ConnectorItem>('connectors', true, 5000)
  const [making, setMaking] = useState<ConnectorKind | null>(null)
  const open = (id: string | null): void => setSearch(id === null ? {} : { link: id })
  const shown = links.data?.find(({ id }) => id === search.get('link'))
  if (shown) return <ConnectorPage key={shown.id} link={shown} onBack={() => open(null)} />
  return (
    <section>
      <Title order={1} size="h2">
        {t('integrations.title')}
      </Title>
      <Text c="dimmed" maw={620} mb="md">
        {t('integrations.text')}
      </Text>
      {links.isPending && <Skeleton height={120} radius="lg" />}
      {links.isError && !links.data && (
        <Stack align="flex-start">
          <Text>{explain(links.error)}</Text>
          <Button variant="default" onClick={() => inBackground(links.refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {links.data && (
        <div className="sheet">
          {links.data.length === 0 && (
            <Text c="dimmed" ta="center" p="xl">
              {t('integrations.empty')}
            </Text>
          )}
          {links.data.map((link) => (
            <Item key={link.id} link={link} onOpen={() => open(link.id)} />
          ))}
        </div>
      )}
      <Title order={2} size="h3" mt="xl" mb="sm">
        {t('integrations.available')}
      </Title>
      <div className={styles.kinds}>
        {connectorKinds.map((kind) => (
          <div key={kind} className={`sheet ${styles.kind}`}>
            <Text fw={620}>{t(`integrations.names.${kind}`)}</Text>
            <Text c="dimmed" fz="sm" style={{ flex: 1 }}>
              {t(`integrations.kinds.${kind}`)}
            </Text>
            <Button
              variant="light"
              leftSection={<IconPlugConnected size={16} />}
              onClick={() => setMaking(kind)}
              data-testid={`connect-${kind}`}
            >
              {t('integrations.connect')}
            </Button>
          </div>
        ))}
      </div>
      {making && (
        <NewLink
          kind={making}
          onClose={() => setMaking(null)}
          onMade={(id) => {
            setMaking(null)
            open(id)
          }}
        />
      )}
    </section>
  )
}

function Item({ link, onOpen }: { link: ConnectorItem; onOpen: () => void }) {
  const { t } = useTranslation()
  const { calls, lastOkAt, trouble, troubleDetail } = link
  const now = standing(link)
  return (
    <div className={styles.item} data-testid="connectors-row">
      <div style={{ minWidth: 0 }}>
        <Group gap="sm">
          <button type="button" className={settings.open} onClick={onOpen}>
            {link.name}
          </button>
          <Badge color={colours[now]} variant="light" tt="none">
            {t(`integrations.state.${now}`)}
          </Badge>
        </Group>
        <Text fz="sm" c="dimmed">
          {t(`integrations.names.${link.kind}`)} · {t('integrations.counts', calls)}
          {lastOkAt !== null &&
            ` · ${t('integrations.lastOk', { at: `${dayOf(lastOkAt)}, ${timeOfDay(lastOkAt)}` })}`}
        </Text>
        {trouble !== null && <Text fz="sm">{explainTrouble(t, trouble, troubleDetail)}</Text>}
      </div>
      {calls.failed > 0 && (
        <Badge color="rust" variant="light" tt="none">
          {t('integrations.failedCount', { count: calls.failed })}
        </Badge>
      )}
    </div>
  )
}

/** The first step: which portal. The others follow on the link's own page. */
function NewLink({
  kind,
  onClose,
  onMade
}: {
  kind: ConnectorKind
  onClose: () => void
  onMade: (id: string) => void
}) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState<string>(t(`integrations.names.${kind}`))
  const [portal, setPortal] = useState('')
  const make = useMutation({
    mutationFn: () =>
      api<ConnectorItem>('POST', '/api/connectors', {
        ...{ kind, name },
        settings: { portal, locale: i18n.language === 'en' ? 'en' : 'ru' }
      }),
    async onSuccess({ id }) {
      await client.invalidateQueries({ queryKey: ['all', 'connectors'] })
      onMade(id)
    }
  })
  const wrong = fieldErrors(make.error)
  return (
    <FormDialog
      title={t(`integrations.names.${kind}`)}
      error={make.error}
      isBusy={make.isPending}
      saveLabel={t('integrations.create')}
      onSubmit={() => make.mutate()}
      onClose={onClose}
      testId="connector-form"
      saveTestId="connector-create"
    >
      <TextInput
        label={t('integrations.portal')}
        placeholder="company.bitrix24.ru"
        required
        data-autofocus
        value={portal}
        error={wrong['settings.portal'] && t('integrations.portalWrong')}
        onChange={(event) => setPortal(event.currentTarget.value)}
        data-testid="connector-portal"
      />
      <TextInput
        label={t('integrations.name')}
        required
        maxLength={100}
        value={name}
        error={wrong['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
