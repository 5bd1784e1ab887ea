import { ActionIcon, Button, Group, Menu, Textarea } from '@mantine/core'
import { IconDots, IconNote } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ContactNote, NoteVersions } from '../../../api/contract/contacts.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import styles from './contacts.module.css'

/** What a note said before each change. */
function History({ noteId }: { noteId: string }) {
  const found = useQuery({
    queryKey: ['contacts', 'note-versions', noteId],
    queryFn: () => api<NoteVersions>('GET', `/api/notes/${noteId}/versions`)
  })
  return (
    <ul className={styles.versions} data-testid="note-versions">
      {(found.data?.items ?? []).map(({ at, author, text }) => (
        <li key={at}>
          <span className={styles.sub}>{[author?.name, fullTime(at)].filter(Boolean).join(' · ')}</span>
          <div className={styles.words}>{text}</div>
        </li>
      ))}
    </ul>
  )
}

/** A note with its author; whoever wrote it changes it where it stands. */
export function NoteLine({ note, at }: { note: ContactNote; at: string }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const [text, setText] = useState<string | null>(null)
  const [isHistory, setHistory] = useState(false)
  const done = async (): Promise<void> => {
    setText(null)
    await client.invalidateQueries({ queryKey: ['contacts'] })
  }
  const onError = (error: Error): void => toast('rust', explain(error))
  const save = useMutation({
    mutationFn: () => api('PATCH', `/api/notes/${note.id}`, { text }),
    onSuccess: done,
    onError
  })
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/notes/${note.id}`),
    onSuccess: done,
    onError
  })
  const isMine = note.author?.id === me.id
  const mayDelete = isMine || me.role === 'admin' || me.role === 'supervisor'
  const hasMenu = isMine || mayDelete || note.editedAt !== null
  return (
    <div className={styles.event} data-testid="event-note">
      <span className={styles.eventIcon}>
        <IconNote size={16} stroke={1.8} aria-hidden />
      </span>
      <div className={styles.eventText}>
        {text === null ? (
          <div className={styles.noteText}>{note.text}</div>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              save.mutate()
            }}
          >
            <Textarea
              size="xs"
              autosize
              maxRows={10}
              aria-label={t('contacts.note.change')}
              maxLength={5000}
              value={text}
              autoFocus
              onChange={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Escape') setText(null)
              }}
            />
            <Group gap={6} mt={6}>
              <Button size="compact-sm" type="submit" loading={save.isPending} disabled={text.trim() === ''}>
                {t('contacts.save')}
              </Button>
              <Button size="compact-sm" variant="subtle" onClick={() => setText(null)}>
                {t('common.cancel')}
              </Button>
            </Group>
          </form>
        )}
        <div className={styles.sub}>
          {[
            note.author?.name,
            note.editedAt ? t('contacts.note.edited', { time: fullTime(note.editedAt) }) : null
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
        {isHistory && <History noteId={note.id} />}
      </div>
      <div className={styles.eventEnd}>
        {hasMenu && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={26}
                aria-label={t('contacts.more')}
                data-testid="note-menu"
              >
                <IconDots size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {isMine && (
                <Menu.Item onClick={() => setText(note.text)}>{t('contacts.note.change')}</Menu.Item>
              )}
              {note.editedAt !== null && (
                <Menu.Item onClick={() => setHistory(!isHistory)}>{t('contacts.note.history')}</Menu.Item>
              )}
              {mayDelete && (
                <Menu.Item color="rust" onClick={() => remove.mutate()}>
                  {t('contacts.note.delete')}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
        <time className={`num ${styles.sub}`} dateTime={at} title={fullTime(at)}>
          {timeOfDay(at)}
        </time>
      </div>
    </div>
  )
}
