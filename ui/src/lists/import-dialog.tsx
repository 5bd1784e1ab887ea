import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallerImported, CallerList } from '../../../api/contract/callers.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { listName } from './use-lists.ts'

/** Many numbers at once, pasted from a sheet or a letter. */
export function ImportDialog({ list, onClose }: { list: CallerList; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [text, setText] = useState('')
  const send = useMutation({
    mutationFn: () => api<CallerImported>('POST', `/api/caller-lists/${list.id}/import`, { text }),
    onSuccess: async ({ refused }) => {
      // What was no number stays there, to be mended.
      setText(refused.map((each) => each.text).join('\n'))
      await Promise.all(
        ['caller-lists', 'caller-entries'].map((key) => client.invalidateQueries({ queryKey: [key] }))
      )
    }
  })
  const { data } = send
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('callerLists.import.title', { list: listName(list, t) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <Textarea
          label={t('callerLists.import.label')}
          description={t('callerLists.import.help')}
          placeholder={'+7 916 111-22-33\n8 495 000-00-01; ' + t('callerLists.note') + '\n8800*'}
          autosize
          minRows={6}
          maxRows={14}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
          data-testid="import-text"
        />
        {data && (
          <Alert color={data.refused.length > 0 ? 'amber' : 'pine'} role="status" data-testid="imported">
            {t('callerLists.import.added', { count: data.added })}{' '}
            {data.known > 0 && t('callerLists.import.known', { count: data.known })}{' '}
            {data.refused.length > 0 && t('callerLists.import.refused', { count: data.refused.length })}
          </Alert>
        )}
        {send.isError && (
          <Alert color="rust" role="alert">
            {explain(send.error)}
          </Alert>
        )}
        <Group justify="space-between">
          <Text c="dimmed" fz="xs">
            {t('callerLists.import.most')}
          </Text>
          <Group gap="sm">
            <Button variant="default" onClick={onClose}>
              {t(data ? 'common.close' : 'common.cancel')}
            </Button>
            <Button
              disabled={text.trim() === ''}
              loading={send.isPending}
              onClick={() => send.mutate()}
              data-testid="import-send"
            >
              {t('callerLists.import.send')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}
