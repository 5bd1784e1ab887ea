import { Text } from '@mantine/core'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { dayHours, mondayOf, plusDays, rangeWords, weekdays, type Day, type Week } from './days.ts'
import styles from './hours.module.css'

const weeks = 5

/** The weeks that come, each day with its hours: what a mistake looks like before callers meet it. */
export function Preview({ week, days, today }: { week: Week; days: readonly Day[]; today: string }) {
  const { t } = useTranslation()
  const first = mondayOf(today)
  const dates = Array.from({ length: weeks * 7 }, (_, index) => plusDays(first, index))
  return (
    <div className={styles.calendar} data-testid="hours-preview">
      {weekdays.map((day) => (
        <Text key={day} c="dimmed" fz="xs" ta="center">
          {t(`schedules.short.${day}`)}
        </Text>
      ))}
      {dates.map((date) => {
        const { hours, day } = dayHours(week, days, date)
        const isOpen = hours.length > 0
        return (
          <div
            key={date}
            className={styles.day}
            data-open={isOpen}
            data-special={day !== null}
            data-past={date < today}
            data-today={date === today}
            title={day?.name ?? ''}
          >
            <span className={`num ${styles.date}`}>
              {dayjs(date).format(date.endsWith('-01') ? 'D MMM' : 'D')}
            </span>
            <span className={`num ${styles.ranges}`}>
              {isOpen
                ? hours.map((range) => <span key={range[0]}>{rangeWords([range])}</span>)
                : t('schedules.closedShort')}
            </span>
            {day?.name && <span className={`cut ${styles.name}`}>{day.name}</span>}
          </div>
        )
      })}
    </div>
  )
}
