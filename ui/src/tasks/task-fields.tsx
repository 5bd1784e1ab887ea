import { Button, Group, NumberInput, Select, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { Repeat, TaskItem } from '../../../api/contract/tasks.ts'
import { dueTimes, fieldTime } from '../client/due-times.ts'
import { useUsers } from '../lib/lookups.ts'
import { useNow } from '../lib/use-now.ts'
import { FoundSelect } from './found-select.tsx'
import { useProjects } from './use-tasks.ts'
import { ownKinds } from './words.ts'
import styles from './tasks.module.css'

interface Named {
  id: string
  name: string
}

/** What a task says, as it is typed. */
export interface Draft {
  kind: TaskItem['kind']
  title: string
  /** As the field of the browser writes it; empty: no time. */
  due: string
  plannedMinutes: number | null
  repeat: Repeat | null
  remindMinutes: number | null
  assigneeId: string | null
  contact: Named | null
  deal: Named | null
  projectId: string | null
  note: string
}

export const draftOf = (task: TaskItem): Draft => ({
  kind: task.kind,
  title: task.title,
  due: task.dueAt === null ? '' : fieldTime(Date.parse(task.dueAt)),
  plannedMinutes: task.plannedMinutes,
  repeat: task.repeat,
  remindMinutes: task.remindMinutes,
  assigneeId: task.assigneeId,
  contact: task.contact,
  deal: task.deal,
  projectId: task.projectId,
  note: task.note ?? ''
})

const dueOf = (text: string): string | null => {
  const at = dayjs(text)
  return text !== '' && at.isValid() ? at.toISOString() : null
}

/** The draft as the API takes it. */
export function bodyOf(draft: Draft) {
  const dueAt = dueOf(draft.due)
  return {
    ...{ kind: draft.kind, title: draft.title.trim(), dueAt, plannedMinutes: draft.plannedMinutes },
    // Nothing to count from, nothing to remind of.
    ...{
      repeat: dueAt === null ? null : draft.repeat,
      remindMinutes: dueAt === null ? null : draft.remindMinutes
    },
    ...{ assigneeId: draft.assigneeId, contactId: draft.contact?.id ?? null, dealId: draft.deal?.id ?? null },
    ...{ projectId: draft.projectId, note: draft.note.trim() || null }
  }
}

const reminders = [0, 5, 15, 30, 60, 1440] as const
const repeats = ['daily', 'workdays', 'weekly', 'monthly'] as const

interface Props {
  draft: Draft
  wrong: Record<string, string | undefined>
  onChange: (change: Partial<Draft>) => void
}

/** Everything about a task, in a form. */
export function TaskFields({ draft, wrong, onChange }: Props) {
  const { t } = useTranslation()
  const now = useNow()
  const users = useUsers()
  const projects = useProjects()
  const people = (users.data ?? [])
    .filter(({ isActive, role }) => isActive && role !== 'marketer')
    .map(({ id, name }) => ({ value: id, label: name }))
  const isOwn = (ownKinds as readonly string[]).includes(draft.kind)
  return (
    <>
      {isOwn ? (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('tasks.kindLabel')}
          data={ownKinds.map((kind) => ({ value: kind, label: t(`tasks.kind.${kind}`) }))}
          value={draft.kind}
          onChange={(kind) => onChange({ kind })}
        />
      ) : null}
      <TextInput
        label={t('tasks.title')}
        value={draft.title}
        maxLength={300}
        required
        data-autofocus
        error={wrong['title']}
        onChange={(event) => onChange({ title: event.currentTarget.value })}
        data-testid="task-title"
      />
      <div>
        <div className={styles.two}>
          <TextInput
            type="datetime-local"
            label={t('tasks.due')}
            value={draft.due}
            error={wrong['dueAt']}
            onChange={(event) => onChange({ due: event.currentTarget.value })}
            data-testid="task-due"
          />
          <NumberInput
            label={t('tasks.planned')}
            value={draft.plannedMinutes ?? ''}
            min={5}
            max={1440}
            step={15}
            allowDecimal={false}
            error={wrong['plannedMinutes']}
            onChange={(value) => onChange({ plannedMinutes: typeof value === 'number' ? value : null })}
          />
        </div>
        <Group gap={6} mt={6}>
          {dueTimes(now).map(({ name, atMs }) => (
            <Button
              key={name}
              size="compact-xs"
              variant="default"
              onClick={() => onChange({ due: fieldTime(atMs) })}
            >
              {t(`tasks.quick.${name}`)}
            </Button>
          ))}
          {draft.due !== '' && (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({ due: '' })}>
              {t('tasks.quick.none')}
            </Button>
          )}
        </Group>
      </div>
      <div className={styles.two}>
        <Select
          label={t('tasks.remind')}
          placeholder={t('tasks.remindNever')}
          data={reminders.map((minutes) => ({
            value: String(minutes),
            label: t(`tasks.before.m${minutes}`)
          }))}
          value={draft.remindMinutes === null ? null : String(draft.remindMinutes)}
          clearable
          disabled={draft.due === ''}
          onChange={(value) => onChange({ remindMinutes: value === null ? null : Number(value) })}
          data-testid="task-remind"
        />
        <Select
          label={t('tasks.repeat')}
          placeholder={t('tasks.repeatNever')}
          data={repeats.map((repeat) => ({ value: repeat, label: t(`tasks.every.${repeat}`) }))}
          value={draft.repeat}
          clearable
          disabled={draft.due === ''}
          onChange={(value) => onChange({ repeat: value })}
          data-testid="task-repeat"
        />
      </div>
      <div className={styles.two}>
        <Select
          label={t('tasks.assignee')}
          placeholder={t('tasks.nobody')}
          data={people}
          value={draft.assigneeId}
          searchable
          clearable
          onChange={(assigneeId) => onChange({ assigneeId })}
          data-testid="task-assignee"
        />
        <Select
          label={t('tasks.project')}
          placeholder={t('tasks.noProject')}
          data={(projects.data ?? [])
            .filter(({ state, id }) => state === 'open' || id === draft.projectId)
            .map(({ id, name }) => ({ value: id, label: name }))}
          value={draft.projectId}
          searchable
          clearable
          nothingFoundMessage={t('common.nothingFound')}
          onChange={(projectId) => onChange({ projectId })}
        />
      </div>
      <div className={styles.two}>
        <FoundSelect
          label={t('tasks.client')}
          placeholder={t('tasks.noClient')}
          things="contacts"
          value={draft.contact}
          onChange={(contact) => onChange({ contact })}
        />
        <FoundSelect
          label={t('tasks.deal')}
          placeholder={t('tasks.noDeal')}
          things="deals"
          value={draft.deal}
          onChange={(deal) => onChange({ deal })}
        />
      </div>
      <Textarea
        label={t('tasks.note')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={5000}
        value={draft.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
    </>
  )
}
