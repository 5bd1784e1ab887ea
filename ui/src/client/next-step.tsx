import { Button, Group, Text, TextInput } from '@mantine/core'
import { IconCalendarTime, IconCheckbox, IconPhoneCall } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import { serverNowMs } from '../lib/api.ts'
import { useMe } from '../session/session.ts'
import { dueTimes, fieldTime, pickedTime } from './due-times.ts'
import styles from './next.module.css'
import { momentOf, useOwed } from './use-owed.ts'

const hourMs = 3_600_000

interface TimesProps {
  isBusy: boolean
  testId: string
  onChoose: (atMs: number) => void
}

/** When: one press for the usual times, or a moment of one's own. */
function Times({ isBusy, testId, onChoose }: TimesProps) {
  const { t } = useTranslation()
  const [picked, setPicked] = useState<string | null>(null)
  const atMs = picked === null ? null : pickedTime(picked, serverNowMs())
  return (
    <>
      {dueTimes(serverNowMs()).map((due) => (
        <Button
          key={due.name}
          size="compact-sm"
          variant="default"
          disabled={isBusy}
          title={momentOf(new Date(due.atMs).toISOString())}
          onClick={() => onChoose(due.atMs)}
          data-testid={`${testId}-${due.name}`}
        >
          {t(`nextStep.${due.name}`)}
        </Button>
      ))}
      {picked === null ? (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconCalendarTime size={15} />}
          onClick={() => setPicked(fieldTime(serverNowMs() + hourMs))}
          data-testid={`${testId}-pick`}
        >
          {t('nextStep.pick')}
        </Button>
      ) : (
        <form
          className={styles.pick}
          onSubmit={(event) => {
            event.preventDefault()
            if (atMs === null) return
            onChoose(atMs)
            setPicked(null)
          }}
        >
          <TextInput
            size="xs"
            type="datetime-local"
            aria-label={t('nextStep.when')}
            min={fieldTime(serverNowMs())}
            value={picked}
            error={atMs === null ? t('nextStep.past') : null}
            autoFocus
            onChange={(event) => setPicked(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setPicked(null)
            }}
            data-testid={`${testId}-time`}
          />
          <Button
            type="submit"
            size="xs"
            disabled={atMs === null}
            loading={isBusy}
            data-testid={`${testId}-save`}
          >
            {t('nextStep.set')}
          </Button>
        </form>
      )}
    </>
  )
}

/** What to do: words first, then one press says when. */
function NewTask({ call, onDone }: { call: JournalCallWithLegs; onDone: () => void }) {
  const { t } = useTranslation()
  const { addTask } = useOwed(call)
  const [title, setTitle] = useState('')
  const [isEmpty, setEmpty] = useState(false)
  const add = (dueMs: number): void => {
    const wanted = title.trim()
    if (wanted === '') setEmpty(true)
    else addTask.mutate({ title: wanted, dueMs }, { onSuccess: onDone })
  }
  return (
    <div className={styles.task} data-testid="next-task-form">
      <TextInput
        size="xs"
        aria-label={t('nextStep.taskTitle')}
        placeholder={t('nextStep.taskTitle')}
        maxLength={300}
        autoFocus
        value={title}
        error={isEmpty && title.trim() === '' ? t('nextStep.taskEmpty') : null}
        onChange={(event) => setTitle(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone()
          if (event.key !== 'Enter') return
          event.preventDefault()
          const tomorrow = dueTimes(serverNowMs()).find(({ name }) => name === 'tomorrow')
          if (tomorrow) add(tomorrow.atMs)
        }}
        data-testid="next-task-title"
      />
      <Group gap={6}>
        <Times isBusy={addTask.isPending} testId="task" onChoose={add} />
      </Group>
      <Text fz="xs" c="dimmed">
        {t('nextStep.taskHint')}
      </Text>
    </div>
  )
}

/** After the talk: what is owed to this client next, in a press or two. */
export function NextStep({ call }: { call: JournalCallWithLegs }) {
  const { t } = useTranslation()
  const me = useMe()
  const { callBack } = useOwed(call)
  const [hasTask, setTask] = useState(false)
  if (me.role === 'marketer' || call.direction === 'internal') return null
  return (
    <section className={styles.next} aria-label={t('nextStep.title')} data-testid="next-step">
      <div className="eyebrow">{t('nextStep.title')}</div>
      {call.callerNumber?.startsWith('+') && (
        <div className={styles.line}>
          <span className={styles.what}>
            <IconPhoneCall size={16} stroke={1.8} aria-hidden /> {t('nextStep.callBack')}
          </span>
          <Times isBusy={callBack.isPending} testId="callback" onChoose={(atMs) => callBack.mutate(atMs)} />
        </div>
      )}
      {hasTask ? (
        <NewTask call={call} onDone={() => setTask(false)} />
      ) : (
        <div className={styles.line}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconCheckbox size={15} />}
            onClick={() => setTask(true)}
            data-testid="next-task"
          >
            {t('nextStep.task')}
          </Button>
        </div>
      )}
    </section>
  )
}
