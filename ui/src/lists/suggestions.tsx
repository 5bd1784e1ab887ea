import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CallerList, CallerSuggestion } from '../../../api/contract/callers.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone, fullTime, regionName } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMoveCaller } from './use-lists.ts'

/** Numbers that call again and again for a moment only. Nothing happens to them until somebody says so. */
export function Suggestions({ spam }: { spam: CallerList }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const move = useMoveCaller()
  const found = useQuery({
    queryKey: ['caller-suggestions'],
    queryFn: () => api<{ items: CallerSuggestion[] }>('GET', '/api/caller-suggestions')
  })
  const hide = useMutation({
    mutationFn: (phone: string) => api('POST', '/api/caller-suggestions/hide', { phone }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['caller-suggestions'] }),
    onError: (error) => toast('rust', explain(error))
  })
  const items = found.data?.items ?? []
  if (items.length === 0) return null
  return (
    <div
      className="sheet"
      style={{ display: 'grid', gap: 10, marginBottom: 16, padding: '14px 18px' }}
      data-testid="suggestions"
    >
      <div>
        <Text fw={620}>{t('callerLists.suggested.title')}</Text>
        <Text c="dimmed" fz="sm">
          {t('callerLists.suggested.text')}
        </Text>
      </div>
      {items.map(({ phone, region, calls, longestSeconds, lastAt }) => (
        <Group key={phone} gap="sm" justify="space-between">
          <div>
            <Text className="num" fw={560}>
              {formatPhone(phone)}
            </Text>
            <Text c="dimmed" fz="sm">
              {[
                t('callerLists.suggested.calls', { count: calls }),
                t('callerLists.suggested.longest', { seconds: longestSeconds }),
                regionName(region),
                fullTime(lastAt)
              ]
                .filter(Boolean)
                .join(' · ')}
            </Text>
          </div>
          <Group gap={6}>
            <Button size="xs" color="rust" variant="light" onClick={() => move.mutate({ list: spam, phone })}>
              {t('callerLists.on.spam')}
            </Button>
            <Button size="xs" variant="default" onClick={() => hide.mutate(phone)}>
              {t('callerLists.suggested.hide')}
            </Button>
          </Group>
        </Group>
      ))}
    </div>
  )
}
