import { ActionIcon, Button, Group, Stack, Text, Textarea, Tooltip } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallComment } from '../../../api/contract/journal.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock, dayOf, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useKeys } from '../lib/use-keys.ts'
import { useMe } from '../session/session.ts'
import styles from './drawer.module.css'

/** What was said of a call, and how to say more. */
export function useComments(callId: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const key = ['call', callId, 'comments']
  const asked = useQuery({
    queryKey: key,
    queryFn: () => api<{ items: CallComment[] }>('GET', `/api/calls/${callId}/comments`)
  })
  const work = useMutation({
    mutationFn: (ask: () => Promise<unknown>) => ask(),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
    onError: (error) => toast('rust', explain(error))
  })
  const add = (comment: Pick<CallComment, 'text' | 'leg' | 'atSeconds'>, whenDone?: () => void): void =>
    work.mutate(
      () =>
        api('POST', `/api/calls/${callId}/comments`, {
          text: comment.text,
          leg: comment.leg,
          atSeconds: comment.atSeconds
        }),
      { onSuccess: () => whenDone?.() }
    )
  return {
    items: asked.data?.items ?? [],
    isBusy: work.isPending,
    add,
    change: (id: string, text: string) =>
      work.mutate(() => api('PATCH', `/api/call-comments/${id}`, { text })),
    remove: (comment: CallComment) =>
      work.mutate(() => api('DELETE', `/api/call-comments/${comment.id}`), {
        onSuccess: () =>
          toast('amber', t('comments.deleted'), 8000, { label: t('comments.undo'), run: () => add(comment) })
      })
  }
}

interface Props {
  comments: ReturnType<typeof useComments>
  /** Null where there is nothing to listen to: comments are of the call as a whole then. */
  position: (() => number) | null
  onSeek: (seconds: number) => void
}

/** Comments on a call; C begins one at the moment that is being played. */
export function Comments({ comments, position, onSeek }: Props) {
  const { t } = useTranslation()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const [atSeconds, setAt] = useState<number | null>(null)
  const begin = (): void => {
    const at = position?.() ?? 0
    setAt(at > 0 ? Math.round(at * 10) / 10 : null)
    field.current?.focus()
  }
  useKeys({ KeyC: begin })
  const save = (): void => {
    if (!text.trim()) return
    comments.add({ text: text.trim(), leg: null, atSeconds }, () => {
      setText('')
      setAt(null)
    })
  }
  return (
    <section data-testid="comments">
      <div className="eyebrow">{t('comments.title')}</div>
      <Stack gap={10}>
        {comments.items.map((comment) => (
          <Comment key={comment.id} comment={comment} comments={comments} onSeek={onSeek} />
        ))}
      </Stack>
      <Textarea
        ref={field}
        aria-label={t('comments.placeholder')}
        placeholder={t('comments.placeholder')}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={5000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save()
        }}
        data-testid="comment-text"
      />
      <Group justify="space-between">
        <Group gap="xs">
          {position && (
            <Button
              size="compact-xs"
              variant={atSeconds === null ? 'default' : 'light'}
              onClick={atSeconds === null ? begin : () => setAt(null)}
              title={t('comments.hint')}
              data-testid="comment-moment"
            >
              {atSeconds === null ? t('comments.whole') : t('comments.at', { at: clock(atSeconds) })}
            </Button>
          )}
          {position && (
            <Text fz="xs" c="dimmed">
              {t('comments.hint')}
            </Text>
          )}
        </Group>
        <Button
          size="xs"
          disabled={!text.trim()}
          loading={comments.isBusy}
          onClick={save}
          data-testid="comment-add"
        >
          {t('comments.add')}
        </Button>
      </Group>
    </section>
  )
}

function Comment({
  comment,
  comments,
  onSeek
}: { comment: CallComment } & Pick<Props, 'comments' | 'onSeek'>) {
  const { t } = useTranslation()
  const me = useMe()
  const [text, setText] = useState<string | null>(null)
  const { atSeconds } = comment
  const mayChange = comment.user?.id === me.id || me.role === 'admin'
  const keep = (): void => {
    if (text?.trim() && text.trim() !== comment.text) comments.change(comment.id, text.trim())
    setText(null)
  }
  return (
    <div className={styles.comment} data-moment={atSeconds === null ? undefined : ''} data-testid="comment">
      <Group gap={8} wrap="nowrap">
        {atSeconds !== null && (
          <Button
            size="compact-xs"
            variant="light"
            className="num"
            aria-label={t('comments.seek', { at: clock(atSeconds) })}
            onClick={() => onSeek(atSeconds)}
            data-testid="comment-seek"
          >
            {clock(atSeconds)}
          </Button>
        )}
        <Text fz="xs" c="dimmed" className="cut" style={{ flex: 1 }}>
          {comment.user?.name ?? t('comments.someone')} · {dayOf(comment.createdAt)},{' '}
          {timeOfDay(comment.createdAt)}
        </Text>
        {mayChange && text === null && (
          <>
            <Tooltip label={t('comments.edit')}>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={t('comments.edit')}
                onClick={() => setText(comment.text)}
              >
                <IconPencil size={14} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t('comments.delete')}>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={t('comments.delete')}
                onClick={() => comments.remove(comment)}
                data-testid="comment-delete"
              >
                <IconTrash size={14} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
      </Group>
      {text === null ? (
        <Text fz="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {comment.text}
        </Text>
      ) : (
        <Textarea
          mt={4}
          autosize
          autoFocus
          maxLength={5000}
          aria-label={t('comments.edit')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) keep()
            if (event.key === 'Escape') {
              event.stopPropagation()
              setText(null)
            }
          }}
        />
      )}
    </div>
  )
}
