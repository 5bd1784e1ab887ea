import { ActionIcon, Checkbox } from '@mantine/core'
import { IconBell, IconPlayerPlay, IconPlayerStop, IconRepeat } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { TaskItem } from '../../../api/contract/tasks.ts'
import { useNow } from '../lib/use-now.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { spentText } from './spent.ts'
import styles from './tasks.module.css'
import type { TaskMoves } from './use-tasks.ts'
import { dueText, isLate, kindIcons, phoneOf, shownTitle } from './words.ts'

interface Props {
  task: TaskItem
  moves: TaskMoves
  isChosen: boolean
  /** It stands in its deal. */
  isOfDeal?: boolean
  onOpen: () => void
}

/** One task in a list: the check to the left ends it, a press opens it. */
export function TaskRow({ task, moves, isChosen, isOfDeal = false, onOpen }: Props) {
  const { t } = useTranslation()
  const now = useNow()
  const Kind = kindIcons[task.kind]
  const isRunning = task.timerSince !== null
  const title = shownTitle(task)
  const about = [
    task.contact && task.contact.name !== task.title ? task.contact.name : null,
    isOfDeal ? null : task.deal?.name,
    task.project?.name,
    task.calls > 1 ? t('tasks.calls', { count: task.calls }) : null,
    task.state !== 'open' && task.result
      ? task.result === 'returned'
        ? t('tasks.returned')
        : task.result
      : null
  ].filter(Boolean)
  const spent = task.spentSeconds
  return (
    <li className={styles.row} data-chosen={isChosen} data-done={task.state !== 'open'} data-testid="task">
      <Checkbox
        size="sm"
        radius="xl"
        aria-label={`${t('tasks.done')}: ${title}`}
        checked={task.state === 'done'}
        onChange={() => (task.state === 'open' ? moves.done(task) : moves.reopen(task))}
        data-testid="task-check"
      />
      <button type="button" className={styles.open} onClick={onOpen} data-testid="task-open">
        <span className={styles.name}>
          <Kind size={15} stroke={1.8} aria-label={t(`tasks.kind.${task.kind}`)} />
          <span className="cut">{title}</span>
        </span>
        <span className={styles.about}>{about.join(' · ') || t(`tasks.kind.${task.kind}`)}</span>
      </button>
      <span className={styles.who}>{task.assignee?.name ?? t('tasks.nobody')}</span>
      <span className={styles.marks}>
        {task.repeat && <IconRepeat size={14} aria-label={t(`tasks.every.${task.repeat}`)} />}
        {task.remindMinutes !== null && task.state === 'open' && (
          <IconBell size={14} aria-label={t('tasks.remind')} />
        )}
      </span>
      <span className={`num ${styles.due}`} data-late={isLate(task, now)}>
        {task.dueAt ? dueText(task.dueAt) : t('tasks.noTime')}
      </span>
      <span className={styles.actions}>
        {spent >= 60 && <span className={`num ${styles.spent}`}>{spentText(spent)}</span>}
        <CallNumber
          number={phoneOf(task)}
          name={title}
          contactId={task.contactId}
          isLoud={task.kind === 'call' || task.kind === 'call_back'}
        />
        {task.state === 'open' && (
          <ActionIcon
            variant={isRunning ? 'filled' : 'subtle'}
            color={isRunning ? 'pine' : 'gray'}
            aria-label={`${t(isRunning ? 'tasks.timerStop' : 'tasks.timerStart')}: ${title}`}
            title={t(isRunning ? 'tasks.timerStop' : 'tasks.timerStart')}
            onClick={() => moves.setTimer(task, !isRunning)}
            data-testid="row-timer"
          >
            {isRunning ? <IconPlayerStop size={16} /> : <IconPlayerPlay size={16} />}
          </ActionIcon>
        )}
      </span>
    </li>
  )
}
