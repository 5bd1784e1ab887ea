import { IconClock, IconClockCheck, IconClockPause } from '@tabler/icons-react'
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

type Timed = Pick<Inquiry, 'firstResponseAt' | 'state' | 'response'>

function Waiting({ response }: Pick<Inquiry, 'response'>) {
  const { t } = useTranslation()
  const now = useNow()
  const { runningSince } = response
  const seconds = runningSince === null ? response.seconds : secondsSince(runningSince, now)
  const { warnMinutes, responseMinutes } = useInquiryRules().data ?? usual
  const tone = seconds > responseMinutes * 60 ? 'late' : seconds > warnMinutes * 60 ? 'wait' : 'fresh'
  return (
    <span
      className={styles.clock}
      data-tone={tone}
      data-testid="waits"
      {...(runningSince === null && { title: t('crm.desk.clockStands') })}
    >
      {runningSince === null ? <IconClockPause size={15} aria-hidden /> : <IconClock size={15} aria-hidden />}
      {t('crm.desk.waits', { time: span(seconds) })}
    </span>
  )
}

/** How soon somebody talked with the client; it runs while nobody has. */
export function ResponseClock({ inquiry }: { inquiry: Timed }) {
  const { t } = useTranslation()
  const { firstResponseAt, state, response } = inquiry
  if (firstResponseAt === null)
    return state === 'new' || state === 'inWork' ? <Waiting response={response} /> : null
  const { seconds } = response
  return (
    <span className={styles.clock} data-tone="done">
      <IconClockCheck size={15} aria-hidden />
      {seconds <= atOnceSeconds
        ? t('crm.desk.answeredAtOnce')
        : t('crm.desk.answered', { time: span(seconds) })}
    </span>
  )
}
