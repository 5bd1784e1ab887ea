import { IconClipboardCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Deal } from '../../../api/contract/crm.ts'
import { dayOf, isToday, timeOfDay } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import styles from './deal-parts.module.css'

/** What is to be done next; what should have been done by now stands out. */
export function NextTask({ task }: { task: NonNullable<Deal['nextTask']> }) {
  const { t } = useTranslation()
  const nowMs = useNow()
  const isLate = task.dueAt !== null && Date.parse(task.dueAt) < nowMs
  const when = task.dueAt === null ? null : isToday(task.dueAt) ? timeOfDay(task.dueAt) : dayOf(task.dueAt)
  return (
    <span className={isLate ? styles.late : ''} data-testid="next-task" data-late={isLate || undefined}>
      <IconClipboardCheck size={13} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
      {[isLate ? t('crm.next.late') : t('crm.next.title'), task.title, when].filter(Boolean).join(' · ')}
    </span>
  )
}
