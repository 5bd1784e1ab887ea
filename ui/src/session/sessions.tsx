import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Session } from '../../../api/contract/sign-in.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'

/** Browser and system out of what a browser says of itself; null when it says nothing known. */
function program(agent: string | null): string | null {
  const browser = /(Edg|OPR|YaBrowser|Firefox|Chrome|Safari)\//.exec(agent ?? '')?.[1]
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent ?? '')?.[1]
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', YaBrowser: 'Yandex Browser' }
  if (browser === undefined) return null
  const name = names[browser] ?? browser
  return system === undefined ? name : `${name}, ${system === 'Mac OS X' ? 'macOS' : system}`
}

/** Where somebody is signed in, each with a way to end it. */
export function Sessions({ path }: { path: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const list = useQuery({
    queryKey: ['sessions', path],
    queryFn: () => api<{ items: Session[] }>('GET', path),
    staleTime: 0
  })
  const end = useMutation({
    mutationFn: (id: string | null) =>
      api('DELETE', id === null ? '/api/me/sessions' : `/api/sessions/${id}`),
    onSuccess: async () => {
      toast('pine', t('signIn.endedHere'))
      await client.invalidateQueries({ queryKey: ['sessions'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const items = list.data?.items ?? []
  return (
    <Stack gap="xs">
      {list.isPending && <Skeleton height={60} />}
      {list.isError && <Text c="rust">{explain(list.error)}</Text>}
      {list.data && items.length === 0 && <Text c="dimmed">{t('signIn.none')}</Text>}
      {items.map((each) => (
        <Group key={each.id} justify="space-between" wrap="nowrap" data-testid="session">
          <div style={{ minWidth: 0 }}>
            <Group gap={8}>
              <Text fz="sm" fw={580}>
                {program(each.userAgent) ?? t('signIn.unknownDevice')}
              </Text>
              {each.isCurrent && (
                <Badge size="sm" tt="none" variant="light" color="pine">
                  {t('signIn.here')}
                </Badge>
              )}
            </Group>
            <Text fz="xs" c="dimmed" className="num">
              {each.ip?.replace(/^::ffff:/, '') ?? ''} · {t('signIn.seen', { at: fullTime(each.lastSeenAt) })}
            </Text>
          </div>
          {!each.isCurrent && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => end.mutate(each.id)}
              data-testid="end-session"
            >
              {t('signIn.end')}
            </Button>
          )}
        </Group>
      ))}
      {path === '/api/me/sessions' && items.length > 1 && (
        <Button variant="subtle" color="rust" size="compact-sm" onClick={() => end.mutate(null)}>
          {t('signIn.endOthers')}
        </Button>
      )}
    </Stack>
  )
}
