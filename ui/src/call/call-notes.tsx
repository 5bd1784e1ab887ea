import { Button, Checkbox, Group, TagsInput, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useMe } from '../session/session.ts'
import { toast } from '../lib/toast.tsx'

/** Note, tags and the spam mark: what a person adds to a call afterwards. */
export function CallNotes({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const [note, setNote] = useState(call.note ?? '')
  const [tags, setTags] = useState(call.tags)
  const [isSpam, setSpam] = useState(call.isSpam)
  const save = useMutation({
    mutationFn: () => api('PATCH', `/api/calls/${call.id}`, { note: note.trim() || null, tags, isSpam }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['call', call.id] })
      await client.invalidateQueries({ queryKey: ['calls'] })
      toast('pine', t('common.saved'), 2000)
    },
    onError: (error) => toast('rust', explain(error))
  })
  const isChanged =
    note !== (call.note ?? '') || isSpam !== call.isSpam || tags.join('\n') !== call.tags.join('\n')
  const isReadOnly = me.role === 'marketer'
  return (
    <section data-testid="call-notes">
      <div className="eyebrow">{t('journal.notes')}</div>
      <Textarea
        aria-label={t('journal.note')}
        placeholder={t('journal.notePlaceholder')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={5000}
        readOnly={isReadOnly}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid="note"
      />
      <TagsInput
        aria-label={t('journal.tags')}
        placeholder={tags.length === 0 ? t('journal.tagsPlaceholder') : ''}
        maxTags={20}
        readOnly={isReadOnly}
        value={tags}
        onChange={setTags}
        data-testid="tags"
      />
      <Group justify="space-between">
        <Checkbox
          label={t('journal.spam')}
          checked={isSpam}
          disabled={isReadOnly}
          onChange={(event) => setSpam(event.currentTarget.checked)}
        />
        {!isReadOnly && (
          <Button
            size="xs"
            disabled={!isChanged}
            loading={save.isPending}
            onClick={() => save.mutate()}
            data-testid="save-note"
          >
            {t('common.save')}
          </Button>
        )}
      </Group>
    </section>
  )
}
