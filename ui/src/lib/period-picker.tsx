import '@mantine/dates/styles.css'
import { Button, Group, Popover, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import { IconCalendar, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isDay, presetDays, presets, type Days, type Preset } from './period.ts'
import styles from './period-picker.module.css'

interface Props {
  period: Preset | 'custom'
  days: Days
  /** In the time zone that the days belong to. */
  today: string
  onChange: (period: Preset | 'custom', days: Days) => void
}

/** Days as people write them: `3 Nov`, `1–22 Nov`, `28 Oct – 3 Nov`, with the year where it is not this one. */
export function daysText({ from, to }: Days, locale: string, today: string): string {
  const isThisYear = from.slice(0, 4) === today.slice(0, 4) && to.slice(0, 4) === today.slice(0, 4)
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' })
  })
  return format.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`))
}

/** Which days: one press for the usual ones, a calendar or two fields for any others. */
export function PeriodPicker({ period, days, today, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          h={32}
          leftSection={<IconCalendar size={15} />}
          rightSection={<IconChevronDown size={13} />}
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
          data-testid="period"
        >
          {/* Hidden words rather than a label of its own: what is spoken then holds what is seen. */}
          <VisuallyHidden>{t('days.label')}: </VisuallyHidden>
          {period !== 'custom' && (
            <span>
              {t(`days.${period}`)}
              <VisuallyHidden>, </VisuallyHidden>
            </span>
          )}
          <span className={period === 'custom' ? '' : styles.sub}>
            {daysText(days, i18n.language, today)}
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <Choice
          key={`${days.from} ${days.to}`}
          period={period}
          days={days}
          today={today}
          onChange={(next, chosen) => {
            setOpen(false)
            onChange(next, chosen)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function Choice({ period, days, today, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const [range, setRange] = useState<[string | null, string | null]>([days.from, days.to])
  const [from, to] = range
  const isWhole = isDay(from) && isDay(to)
  const isBackwards = isWhole && from > to
  const field = (value: string | null, label: string, set: (value: string) => void, name: string) => (
    <TextInput
      type="date"
      size="xs"
      label={label}
      value={value ?? ''}
      max={today}
      onChange={(event) => set(event.currentTarget.value)}
      data-testid={name}
    />
  )
  return (
    <div className={styles.choice}>
      <div className={styles.presets} role="group" aria-label={t('days.label')}>
        {presets.map((each) => (
          <button
            key={each}
            type="button"
            className={styles.preset}
            aria-pressed={period === each}
            data-autofocus={period === each ? true : undefined}
            onClick={() => onChange(each, presetDays(each, today))}
            data-testid={`period-${each}`}
          >
            {t(`days.${each}`)}
          </button>
        ))}
      </div>
      <form
        className={styles.own}
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole && !isBackwards) onChange('custom', { from, to })
        }}
      >
        <DatePicker
          type="range"
          locale={i18n.language}
          weekendDays={[]}
          size="sm"
          allowSingleDateInRange
          value={range}
          onChange={(next) => setRange(next)}
          maxDate={today}
          defaultDate={days.to}
          ariaLabels={{ previousMonth: t('days.previousMonth'), nextMonth: t('days.nextMonth') }}
        />
        <Group gap="xs" grow align="flex-end">
          {field(from, t('days.from'), (value) => setRange([value || null, to]), 'period-from')}
          {field(to, t('days.to'), (value) => setRange([from, value || null]), 'period-to')}
        </Group>
        <Group justify="space-between" wrap="nowrap">
          <Text fz="xs" c="rust" role="status">
            {isBackwards ? t('days.backwards') : ''}
          </Text>
          <Button type="submit" size="xs" disabled={!isWhole || isBackwards} data-testid="period-apply">
            {t('days.show')}
          </Button>
        </Group>
      </form>
    </div>
  )
}
