import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { weekdays, type Week } from './days.ts'
import { RangesInput } from './ranges-input.tsx'

/** Hours of each day of the week. */
export function WeekInput({ week, onChange }: { week: Week; onChange: (week: Week) => void }) {
  const { t } = useTranslation()
  const asMonday = (): void =>
    onChange({ ...week, tue: week.mon, wed: week.mon, thu: week.mon, fri: week.mon })
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      {weekdays.map((day) => (
        <Group key={day} gap="sm" wrap="nowrap" align="center" mih={32}>
          <Text w={110} fz="sm" {...(week[day].length === 0 && { c: 'dimmed' })}>
            {t(`weekday.${day}`)}
          </Text>
          {week[day].length === 0 && (
            <Text c="dimmed" fz="sm">
              {t('schedules.closedDay')}
            </Text>
          )}
          <RangesInput
            label={t(`weekday.${day}`)}
            ranges={week[day]}
            onChange={(ranges) => onChange({ ...week, [day]: ranges })}
          />
        </Group>
      ))}
      <Group gap="xs">
        <Button size="compact-xs" variant="default" onClick={asMonday}>
          {t('schedules.asMonday')}
        </Button>
        <Text c="dimmed" fz="xs">
          {t('schedules.overnight')}
        </Text>
      </Group>
    </div>
  )
}
