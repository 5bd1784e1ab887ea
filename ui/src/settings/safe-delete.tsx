import { ActionIcon, Alert, Button, Group, Loader, Modal, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Usage } from '../../../api/contract/usage.ts'
import { usageThings } from '../../../api/contract/settings-words.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from './settings.module.css'
import { UsageList } from './usage-list.tsx'

/** So long is the way back offered. */
const undoMs = 10_000

interface Props {
  /** Name of the collection in the API. */
  things: string
  id: string
  name: string
  /** Beside the lists, which are fetched again anyway. */
  onDeleted?: () => void
}

/** The bin beside a thing: it says what uses the thing before anything is deleted. */
export function SafeDelete({ testId, ...props }: Props & { testId?: string }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={styles.quiet ?? ''}
        aria-label={`${t('common.remove')}: ${props.name}`}
        onClick={() => setOpen(true)}
        data-testid={testId}
      >
        <IconTrash size={16} />
      </ActionIcon>
      {isOpen && <SafeDeleteDialog {...props} onClose={() => setOpen(false)} />}
    </>
  )
}

/** Asks before a thing is deleted, with all that uses it; what would break keeps it from being deleted. */
export function SafeDeleteDialog({ things, id, name, onDeleted, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const isKnown = (usageThings as readonly string[]).includes(things)
  const usage = useQuery({
    queryKey: ['usage', things, id],
    queryFn: () => api<Usage>('GET', `/api/${things}/${id}/usage`),
    enabled: isKnown,
    staleTime: 0,
    gcTime: 0
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['all'] })
  const bringBack = async (): Promise<void> => {
    try {
      await api('POST', `/api/deleted/${id}/restore`)
      toast('pine', t('usage.back', { name }))
    } catch (error) {
      toast('rust', explain(error))
    }
    await refresh()
  }
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/${things}/${id}`),
    onSuccess: async () => {
      const canUndo = usage.data?.canRestore === true
      const undo = canUndo ? { label: t('usage.undo'), run: () => inBackground(bringBack()) } : null
      toast('pine', t('usage.gone', { name }), canUndo ? undoMs : undefined, undo)
      onClose()
      onDeleted?.()
      await refresh()
    },
    // Somebody may have begun to use it since it was looked at.
    onError: (error) => {
      if (error instanceof ApiError && error.problem.usage) inBackground(usage.refetch())
    }
  })
  const canDelete = !isKnown || (usage.data?.canDelete ?? false)
  const references = usage.data?.references ?? []
  const stays = usage.data?.canDelete === false
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(stays ? 'usage.titleStays' : 'usage.title', { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      size="md"
      centered
    >
      <Stack data-testid="safe-delete">
        {isKnown && usage.isPending && (
          <Group gap="sm">
            <Loader size="sm" />
            <Text c="dimmed">{t('usage.looking')}</Text>
          </Group>
        )}
        {usage.isError && (
          <Alert color="rust" role="alert">
            {explain(usage.error)}
          </Alert>
        )}
        {remove.isError && !stays && (
          <Alert color="rust" role="alert">
            {explain(remove.error)}
          </Alert>
        )}
        {stays && <Text>{t('usage.breaksText')}</Text>}
        {references.length > 0 && <UsageList references={references} />}
        {!stays && (usage.isSuccess || !isKnown) && (
          <Text {...(references.length > 0 && { c: 'dimmed' })}>
            {[
              ...(isKnown && references.length === 0 ? [t('usage.free')] : []),
              t('usage.pastCalls'),
              ...(usage.data?.canRestore ? [t('usage.canUndo')] : [])
            ].join(' ')}
          </Text>
        )}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t(stays ? 'common.close' : 'common.cancel')}
          </Button>
          {!stays && (
            <Button
              color="rust"
              disabled={!canDelete}
              loading={remove.isPending}
              onClick={() => remove.mutate()}
              data-testid="confirm"
            >
              {t('common.remove')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
