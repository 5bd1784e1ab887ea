import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Usage } from '../../../api/contract/usage.ts'
import { api } from '../lib/api.ts'

/** What plays a prompt or a kind of music, by name: schemes first; the bin beside it tells the rest. */
export function UsedIn({ things, id }: { things: 'prompts' | 'music-classes'; id: string }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['all', 'used-in', things, id],
    queryFn: () => api<Usage>('GET', `/api/${things}/${id}/usage`),
    staleTime: 60_000
  })
  if (!data) return null
  const using = data.references.filter(({ effect }) => effect === 'breaks')
  const names = using.flatMap(({ kind, items }) =>
    kind === 'setting' ? [t('usage.kind.setting')] : items.map(({ name }) => name)
  )
  return (
    <Text fz="sm" lineClamp={2} maw={200} {...(names.length === 0 && { c: 'dimmed' })} data-testid="used-in">
      {names.length === 0 ? t('setup.notUsed') : names.join(', ')}
    </Text>
  )
}
