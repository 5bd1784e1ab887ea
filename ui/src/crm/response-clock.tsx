import { IconClock, IconClockCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Inquiry } from '../../../api/contract/crm.ts'
import { secondsSince } from '../lib/format.ts'
import { useNow } from '../lib/use-now.ts'
import styles from './crm.module.css'
import { span } from './money.ts'
import { useInquiryRules } from './queries.ts'

/** Until the rules are known: those that every company begins with. */
const usual = { warnMinutes: 10, responseMinutes: 20 }
/** Who answers the call itself has answered at once. */
const atOnceSeconds = 60

type Timed = Pick<Inquiry, 'createdAt' | 'firstResponseAt' | 'state'>

function Waiting({ since }: { since: string }) {
  const { t } = useTranslation()
  const seconds = secondsSince(since, useNow())
  const { warnMinutes, responseMinutes } = useInquiryRules().data ?? usual
  const tone = seconds > responseMinutes * 60 ? 'late' : seconds > warnMinutes * 60 ? 'wait' : 'fresh'
  return (
    <span className={styles.clock} data-tone={tone} data-testid="waits">
      <IconClock size={15} aria-hidden />
      {t('crm.desk.waits', { time: span(seconds) })}
    </span>
  )
}

/** How soon somebody talked with the client; it runs while nobody has. */
export function ResponseClock({ inquiry }: { inquiry: Timed }) {
  const { t } = useTranslation()
  const { createdAt, firstResponseAt, state } = inquiry
  if (firstResponseAt === null)
    return state === 'new' || state === 'inWork' ? <Waiting since={createdAt} /> : null
  const seconds = secondsSince(createdAt, Date.parse(firstResponseAt))
  return (
    <span className={styles.clock} data-tone="done">
      <IconClockCheck size={15} aria-hidden />
      {seconds <= atOnceSeconds
        ? t('crm.desk.answeredAtOnce')
        : t('crm.desk.answered', { time: span(seconds) })}
    </span>
  )
}
