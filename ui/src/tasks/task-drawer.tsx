import '../styles/later.ts'
import { Alert, Badge, Button, Drawer, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { TaskItem } from '../../../api/contract/tasks.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { formatPhone, fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import { bodyOf, draftOf, TaskFields } from './task-fields.tsx'
import { Times } from './times.tsx'
import { useTask, useTaskMoves, useWorkChanged } from './use-tasks.ts'
import { phoneOf, shownTitle } from './words.ts'
import styles from './tasks.module.css'

/** What it is about, with the ways there. */
function Links({ task }: { task: TaskItem }) {
  const { t } = useTranslation()
  const phone = phoneOf(task)
  return (
    <Group gap="xs" className={styles.links ?? ''}>
      {phone && (
        <span className={styles.phone}>
          <CallNumber number={phone} name={task.contact?.name ?? null} contactId={task.contactId} isLoud />
          <span className="num">{formatPhone(phone)}</span>
        </span>
      )}
      {task.contact && <Link to={`/contacts/${task.contact.id}`}>{task.contact.name}</Link>}
      {task.deal && <Link to={`/deals?deal=${task.deal.id}`}>{`${t('tasks.deal')}: ${task.deal.name}`}</Link>}
      {task.project && <Link to={`/tasks/projects/${task.project.id}`}>{task.project.name}</Link>}
      {task.inquiryId && <Link to={`/inquiries?inquiry=${task.inquiryId}`}>{t('tasks.inquiry')}</Link>}
    </Group>
  )
}

/** Done with a word on how it went; begun, by the clock; or not needed any more. */
function Steps({ task }: { task: TaskItem }) {
  const { t } = useTranslation()
  const moves = useTaskMoves()
  const [result, setResult] = useState('')
  if (task.state !== 'open') {
    return (
      <Alert color={task.state === 'done' ? 'pine' : 'gray'} p="sm">
        <Group justify="space-between">
          <div>
            <Text fw={600}>
              {t(`tasks.state.${task.state}`)}
              {task.doneAt ? ` · ${fullTime(task.doneAt)}` : ''}
            </Text>
            {task.result && (
              <Text fz="sm">{task.result === 'returned' ? t('tasks.returned') : task.result}</Text>
            )}
          </div>
          <Button size="xs" variant="default" onClick={() => moves.reopen(task)} data-testid="task-reopen">
            {t('tasks.reopen')}
          </Button>
        </Group>
      </Alert>
    )
  }
  const isRunning = task.timerSince !== null
  return (
    <form
      className={styles.steps}
      onSubmit={(event) => {
        event.preventDefault()
        moves.done(task, result.trim())
      }}
    >
      <TextInput
        aria-label={t('tasks.result')}
        placeholder={t('tasks.resultPlaceholder')}
        value={result}
        maxLength={500}
        onChange={(event) => setResult(event.currentTarget.value)}
        data-testid="task-result"
      />
      <Button
        type="submit"
        leftSection={<IconCheck size={16} />}
        loading={moves.isBusy}
        data-testid="task-finish"
      >
        {t('tasks.done')}
      </Button>
      <Button
        variant={isRunning ? 'light' : 'default'}
        leftSection={isRunning ? <IconPlayerStop size={16} /> : <IconPlayerPlay size={16} />}
        onClick={() => moves.setTimer(task, !isRunning)}
        data-testid="task-timer"
      >
        {t(isRunning ? 'tasks.timerStop' : 'tasks.timerStart')}
      </Button>
    </form>
  )
}

function Form({ task, onClose }: { task: TaskItem; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useWorkChanged()
  const moves = useTaskMoves()
  const [draft, setDraft] = useState(() => draftOf(task))
  const isChanged = JSON.stringify(bodyOf(draft)) !== JSON.stringify(bodyOf(draftOf(task)))
  const save = useMutation({
    mutationFn: () => api<TaskItem>('PATCH', `/api/tasks/${task.id}`, changesOf(task, draft)),
    onSuccess: async () => {
      toast('pine', t('common.saved'))
      await changed()
    }
  })
  return (
    <form
      data-testid="task-form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        {save.error !== null && (
          <Alert color="rust" role="alert">
            {explain(save.error)}
          </Alert>
        )}
        <TaskFields
          draft={draft}
          wrong={fieldErrors(save.error)}
          onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
        />
        <Group justify="space-between">
          {task.state === 'open' ? (
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              onClick={() => {
                moves.giveUp(task)
                onClose()
              }}
              data-testid="task-give-up"
            >
              {t('tasks.giveUp')}
            </Button>
          ) : (
            <span />
          )}
          <Button
            type="submit"
            disabled={!isChanged || draft.title.trim() === ''}
            loading={save.isPending}
            data-testid="task-save"
          >
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Only what was changed: what stands there already may be of a deal that the reader does not see. */
function changesOf(task: TaskItem, draft: ReturnType<typeof draftOf>): object {
  const before = bodyOf(draftOf(task)) as Record<string, unknown>
  return Object.fromEntries(Object.entries(bodyOf(draft)).filter(([key, value]) => before[key] !== value))
}

/** One task in full. */
export default function TaskDrawer({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { data: task, error, isPending, refetch } = useTask(taskId)
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={600}
      title={<span className="eyebrow">{task ? t(`tasks.kind.${task.kind}`) : t('tasks.one')}</span>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="task-drawer"
    >
      {isPending && <Skeleton height={220} />}
      {error && !task && (
        <Stack align="flex-start">
          <Text>{explain(error)}</Text>
          <Button variant="default" onClick={() => inBackground(refetch())}>
            {t('common.retry')}
          </Button>
        </Stack>
      )}
      {task && (
        <Stack gap="lg">
          <div>
            <Group gap="sm">
              <Text fz={20} fw={640} lh={1.25} style={{ overflowWrap: 'anywhere' }}>
                {shownTitle(task)}
              </Text>
              {task.calls > 1 && (
                <Badge variant="light" color="amber" tt="none">
                  {t('tasks.calls', { count: task.calls })}
                </Badge>
              )}
            </Group>
            <Links task={task} />
          </div>
          <Steps key={task.state} task={task} />
          <Times task={task} />
          <Form key={`${task.id}-${task.updatedAt}`} task={task} onClose={onClose} />
        </Stack>
      )}
    </Drawer>
  )
}
