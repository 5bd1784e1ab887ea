import { Button, Group, Paper, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BulkChange } from '../../../api/contract/bulk.ts'
import type { BulkThing } from '../../../api/contract/settings-words.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { BulkDialog, type Bulk } from './bulk-dialog.tsx'
import { idsFound } from './list-tools.tsx'

interface Props {
  bulk: Bulk
  /** What the list is narrowed by. */
  asked: Record<string, string | null>
  chosen: ReadonlySet<string>
  /** There are more than those shown, and all of these are chosen. */
  canAll: boolean
  onChoose: (ids: ReadonlySet<string>) => void
}

/** What can be done with all that is chosen. */
export function BulkBar({ bulk, asked, chosen, canAll, onChoose }: Props) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const takeAll = async (): Promise<void> => {
    try {
      onChoose(new Set(await idsFound(bulk.things, asked)))
    } catch (error) {
      toast('rust', explain(error))
    }
  }
  return (
    <Paper withBorder px="md" py={8} mb="sm" radius="md" data-testid="bulk-bar">
      <Group gap="sm">
        <Text fw={600}>{t('lists.chosen', { count: chosen.size })}</Text>
        <Button size="compact-md" onClick={() => setOpen(true)} data-testid="bulk-open">
          {t('bulk.open')}
        </Button>
        {canAll && (
          <Button size="compact-md" variant="subtle" onClick={() => inBackground(takeAll())}>
            {t('lists.allFound')}
          </Button>
        )}
        <Button size="compact-md" variant="subtle" color="gray" onClick={() => onChoose(new Set())}>
          {t('lists.none')}
        </Button>
      </Group>
      {isOpen && (
        <BulkDialog
          bulk={bulk}
          ids={[...chosen]}
          onClose={(isDone) => {
            setOpen(false)
            if (isDone) onChoose(new Set())
          }}
        />
      )}
    </Paper>
  )
}

const recentMs = 24 * 3_600_000

/** The last change of many, as long as it can be undone and is of today. */
export function LastBulk({ things }: { things: BulkThing }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const last = useQuery({
    queryKey: ['all', 'bulk-changes', things],
    queryFn: () => api<Page<BulkChange>>('GET', `/api/bulk-changes?things=${things}&limit=1`),
    staleTime: 30_000
  })
  const undo = useMutation({
    mutationFn: (id: string) => api<BulkChange>('POST', `/api/bulk-changes/${id}/undo`),
    onSuccess: ({ count }) => toast('pine', t('bulk.undone', { count })),
    onError: (error) => toast('rust', explain(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ['all'] })
  })
  const change = last.data?.items[0]
  if (!change || change.undoneAt !== null || change.count === 0) return null
  if (Date.now() - Date.parse(change.createdAt) > recentMs) return null
  return (
    <Group gap="xs" mb="sm" data-testid="last-bulk">
      <Text fz="sm" c="dimmed">
        {t('bulk.last', {
          count: change.count,
          at: fullTime(change.createdAt),
          who: change.createdBy?.name ?? '–'
        })}
      </Text>
      <Button
        size="compact-sm"
        variant="subtle"
        loading={undo.isPending}
        onClick={() => undo.mutate(change.id)}
        data-testid="bulk-undo"
      >
        {t('usage.undo')}
      </Button>
    </Group>
  )
}
