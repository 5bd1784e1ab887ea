import { Alert, Button, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconRefresh } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CostConnectorItem } from '../../../api/contract/costs.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useConnectors, useRefresh } from './queries.ts'

/** Advertising systems that are asked for costs each night; nothing where none is linked. */
export function Connectors() {
  const { t } = useTranslation()
  const refresh = useRefresh()
  /** When each of them was asked the last time before somebody asked for it; null: nobody waits. */
  const [before, setBefore] = useState<ReadonlyMap<string, string | null> | null>(null)
  const found = useConnectors(before !== null)
  const items = found.data?.items ?? []
  const load = useMutation({
    mutationFn: () => api('POST', '/api/cost-connectors/load', {}),
    onMutate: () => setBefore(new Map(items.map(({ name, lastRunAt }) => [name, lastRunAt]))),
    onError: () => setBefore(null)
  })
  const isDone = before !== null && items.every(({ name, lastRunAt }) => before.get(name) !== lastRunAt)
  useEffect(() => {
    if (!isDone) return
    setBefore(null)
    inBackground(refresh())
  }, [isDone, refresh])
  if (items.length === 0) return null
  return (
    <section
      className="sheet"
      style={{ padding: '14px 20px 16px', marginBottom: 16 }}
      data-testid="cost-connectors"
    >
      <Group justify="space-between" align="flex-start">
        <div>
          <Text fw={620}>{t('costConnectors.title')}</Text>
          <Text c="dimmed" fz="sm" maw={620}>
            {t('costConnectors.text')}
          </Text>
        </div>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={before !== null}
          onClick={() => load.mutate()}
          data-testid="costs-load"
        >
          {t('costConnectors.load')}
        </Button>
      </Group>
      <div aria-live="polite">
        {load.isError && (
          <Alert color="rust" mt="sm">
            {explain(load.error)}
          </Alert>
        )}
        {items.map((item) => (
          <Standing key={item.name} of={item} isLoading={before?.get(item.name) === item.lastRunAt} />
        ))}
      </div>
    </section>
  )
}

function Standing({ of, isLoading }: { of: CostConnectorItem; isLoading: boolean }) {
  const { t } = useTranslation()
  const at = of.lastRunAt === null ? '' : `${dayOf(of.lastRunAt)}, ${timeOfDay(of.lastRunAt)}`
  const error = of.lastError
  return (
    <Text fz="sm" mt={6} data-testid="cost-connector">
      <b>{of.label}</b>{' '}
      {isLoading ? (
        t('costConnectors.loading')
      ) : error !== null ? (
        <Text span c="rust">
          {t('costConnectors.failed', { at, error })} · {t('costConnectors.kept')}
        </Text>
      ) : (
        t(of.lastRunAt === null ? 'costConnectors.never' : 'costConnectors.loaded', { at })
      )}
    </Text>
  )
}
