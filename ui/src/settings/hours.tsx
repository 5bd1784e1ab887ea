import { Checkbox, Group, TagsInput, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Weekday = (typeof weekdays)[number]

/** Working hours as the server keeps them. */
export interface Hours {
  timeZone: string
  hours: Record<Weekday, [string, string][]>
  holidays: string[]
}

export const usualHours: Hours = {
  timeZone: 'Europe/Moscow',
  hours: {
    mon: [['09:00', '18:00']],
    tue: [['09:00', '18:00']],
    wed: [['09:00', '18:00']],
    thu: [['09:00', '18:00']],
    fri: [['09:00', '18:00']],
    sat: [],
    sun: []
  },
  holidays: []
}

/** Days and times of work. A day with several spans keeps those after the first as they are. */
export function HoursInput({ value, onChange }: { value: Hours; onChange: (hours: Hours) => void }) {
  const { t } = useTranslation()
  const setDay = (day: Weekday, spans: [string, string][]): void =>
    onChange({ ...value, hours: { ...value.hours, [day]: spans } })
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      {weekdays.map((day) => {
        const [first, ...rest] = value.hours[day]
        const label = t(`weekday.${day}`)
        return (
          <Group key={day} gap="sm" wrap="nowrap" mih={34}>
            <Checkbox
              w={130}
              label={label}
              checked={first !== undefined}
              onChange={(event) => setDay(day, event.currentTarget.checked ? [['09:00', '18:00']] : [])}
            />
            {first ? (
              <Group gap={6} wrap="nowrap">
                <TextInput
                  w={70}
                  inputMode="numeric"
                  placeholder="09:00"
                  maxLength={5}
                  size="xs"
                  aria-label={`${label}: ${t('setup.from')}`}
                  value={first[0]}
                  onChange={(event) => setDay(day, [[event.currentTarget.value, first[1]], ...rest])}
                />
                <Text>–</Text>
                <TextInput
                  w={70}
                  inputMode="numeric"
                  placeholder="09:00"
                  maxLength={5}
                  size="xs"
                  aria-label={`${label}: ${t('setup.to')}`}
                  value={first[1]}
                  onChange={(event) => setDay(day, [[first[0], event.currentTarget.value], ...rest])}
                />
              </Group>
            ) : (
              <Text c="dimmed" fz="sm">
                {t('setup.dayOff')}
              </Text>
            )}
          </Group>
        )
      })}
      <TextInput
        label={t('setup.timeZone')}
        value={value.timeZone}
        placeholder="Europe/Moscow"
        onChange={(event) => onChange({ ...value, timeZone: event.currentTarget.value.trim() })}
      />
      <TagsInput
        label={t('setup.holidays')}
        description={t('setup.holidaysHelp')}
        placeholder="2027-01-01"
        value={value.holidays}
        onChange={(holidays) => onChange({ ...value, holidays })}
      />
    </div>
  )
}
