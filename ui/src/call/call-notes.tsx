import { Alert, Button, Checkbox, Group, Text, Textarea } from '@mantine/core'
import { IconCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, isToday, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { CallTags } from './call-tags.tsx'
import styles from './drawer.module.css'
import { useSavedNote, type SavedNote } from './use-saved-note.ts'

/** How the note stands with the server. */
function NoteStatus({ note, by }: { note: SavedNote; by: JournalCallWithLegs['noteChange'] }) {
  const { t } = useTranslation()
  const me = useMe()
  const { status, state } = note
  const isTold = state.text.trim() !== '' && by !== null
  const when = by && (isToday(by.at) ? timeOfDay(by.at) : dayOf(by.at))
  const words =
    status === 'saved'
      ? isTold
        ? by.by && by.by.id !== me.id
          ? t('notes.savedBy', { name: by.by.name, time: when })
          : t('notes.saved')
        : ''
      : t(`notes.${status}`)
  const Icon = status === 'failed' ? IconCloudOff : status === 'saved' ? IconCheck : IconCloudUp
  return (
    <div className={styles.noteStatus} data-status={status} role="status" data-testid="note-status">
      {words && <Icon size={15} stroke={1.9} aria-hidden />}
      <Text fz="xs">{words}</Text>
      {status === 'failed' && (
        <Button size="compact-xs" variant="light" color="rust" onClick={note.save} data-testid="note-retry">
          {t('notes.retry')}
        </Button>
      )}
    </div>
  )
}

/** Two people wrote at once: whose words were replaced, and both ways to keep them. */
function OtherText({ note }: { note: SavedNote }) {
  const { t } = useTranslation()
  const { other } = note.state
  if (!other) return null
  const name = other.name ?? t('notes.somebody')
  return (
    <Alert color="amber" p="xs" data-testid="note-other" data-whose={other.whose}>
      <Text fz="sm">{t(`notes.${other.whose}`, { name })}</Text>
      <Text fz="sm" className={styles.otherText ?? ''}>
        {other.text}
      </Text>
      <Group gap={8} mt={6}>
        <Button size="compact-xs" onClick={note.join} data-testid="note-join">
          {t('notes.join')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={note.dismiss} data-testid="note-dismiss">
          {t('notes.dismiss')}
        </Button>
      </Group>
    </Alert>
  )
}

/** Nobody's business: kept out of lists and reports, and taken back as easily. */
function SpamMark({ call, isReadOnly }: { call: JournalCallWithLegs; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: (isSpam: boolean) => api<JournalCallWithLegs>('PATCH', `/api/calls/${call.id}`, { isSpam }),
    onSuccess: async ({ isSpam }) => {
      client.setQueryData<JournalCallWithLegs>(['call', call.id], (old) => old && { ...old, isSpam })
      toast('pine', t(isSpam ? 'notes.isSpam' : 'notes.isNoSpam'), 6000, {
        label: t('notes.undo'),
        run: () => save.mutate(!isSpam)
      })
      await client.invalidateQueries({ queryKey: ['calls'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Checkbox
      size="xs"
      label={t('journal.spam')}
      checked={save.isPending ? save.variables : call.isSpam}
      disabled={isReadOnly || save.isPending}
      onChange={(event) => save.mutate(event.currentTarget.checked)}
    />
  )
}

/** Note, tags and the spam mark: what a person adds to a call, in the talk and after it. Each is saved by itself. */
export function CallNotes({ call, hasKey = false }: { call: JournalCallWithLegs; hasKey?: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const note = useSavedNote(call)
  const isReadOnly = me.role === 'marketer'
  return (
    <section data-testid="call-notes">
      <Group justify="space-between" gap="sm" mih={24}>
        <div className="eyebrow">
          {t('journal.notes')} {hasKey && <kbd className="hint">N</kbd>}
        </div>
        <NoteStatus note={note} by={call.noteChange} />
      </Group>
      <Textarea
        aria-label={t('journal.note')}
        placeholder={isReadOnly ? '' : t('journal.notePlaceholder')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={5000}
        readOnly={isReadOnly}
        value={note.state.text}
        onChange={(event) => note.type(event.currentTarget.value)}
        onBlur={note.save}
        data-key="note"
        data-testid="note"
        {...(hasKey && { 'data-key': 'note' })}
      />
      <OtherText note={note} />
      <CallTags call={call} isReadOnly={isReadOnly} />
      <SpamMark call={call} isReadOnly={isReadOnly} />
    </section>
  )
}
