import { Alert, Button, Group, Select, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorItem, ConnectorPeople } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import styles from './integrations.module.css'
import { kindWord } from './words.ts'

const recordOf = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}

/** Which of our people is which of theirs. */
export function People({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const users = useUsers()
  const saved = recordOf(link.settings['people'])
  const first = link.settings['defaultPerson']
  const [pairs, setPairs] = useState<Record<string, string>>(saved)
  const [fallback, setFallback] = useState(typeof first === 'string' ? first : null)
  const load = useMutation({
    mutationFn: () => api<ConnectorPeople>('GET', `/api/connectors/${link.id}/people`),
    onSuccess({ items }) {
      // What a person has chosen stays; the rest is filled in.
      const seen = items.flatMap(({ id, userId }) => (userId === null ? [] : [[userId, id] as const]))
      setPairs((chosen) => ({ ...Object.fromEntries(seen), ...chosen }))
    }
  })
  const save = useMutation({
    mutationFn: () =>
      api('PATCH', `/api/connectors/${link.id}`, {
        settings: { ...link.settings, people: pairs, defaultPerson: fallback }
      }),
    async onSuccess() {
      toast('pine', t('integrations.saved'))
      await client.invalidateQueries({ queryKey: ['all', 'connectors'] })
    }
  })
  const known = new Set([...Object.values(pairs), ...(fallback === null ? [] : [fallback])])
  const options = load.data
    ? load.data.items.map(({ id, name, extension }) => ({
        value: id,
        label: extension ? `${name} · ${extension}` : name
      }))
    : [...known].map((id) => ({ value: id, label: `№ ${id}` }))
  return (
    <div className={`sheet ${styles.part}`} data-testid="connector-people">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h4">
            {t('integrations.people')}
          </Title>
          <Text c="dimmed" fz="sm">
            {t('integrations.peopleText')}
          </Text>
        </div>
        <Button
          variant="default"
          loading={load.isPending}
          onClick={() => load.mutate()}
          data-testid="people-load"
        >
          {t('integrations.peopleLoad', { system: kindWord(t, link.kind, 'name') })}
        </Button>
      </Group>
      {(load.error ?? save.error) && (
        <Alert color="rust" mt="sm" role="alert">
          {explain(load.error ?? save.error)}
        </Alert>
      )}
      <div style={{ marginTop: 10 }}>
        {(users.data ?? [])
          .filter(({ isActive, id }) => isActive || pairs[id] !== undefined)
          .map(({ id, name, extension }) => (
            <div key={id} className={styles.pair}>
              <Text className="cut">
                {name}
                {extension !== null && (
                  <Text span c="dimmed" fz="sm">
                    {' '}
                    · {extension}
                  </Text>
                )}
              </Text>
              <Select
                aria-label={name}
                data={options}
                searchable
                clearable
                placeholder={t('integrations.peopleNone')}
                value={pairs[id] ?? null}
                onChange={(value) =>
                  setPairs(({ [id]: _gone, ...others }) =>
                    value === null ? others : { ...others, [id]: value }
                  )
                }
              />
            </div>
          ))}
      </div>
      <Select
        mt="sm"
        maw={420}
        label={t('integrations.defaultPerson')}
        data={options}
        searchable
        clearable
        value={fallback}
        onChange={setFallback}
      />
      <Button mt="md" loading={save.isPending} onClick={() => save.mutate()} data-testid="people-save">
        {t('integrations.save')}
      </Button>
    </div>
  )
}
