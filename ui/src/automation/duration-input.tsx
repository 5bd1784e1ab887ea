import { Group, NumberInput, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inUnits, minutesOf } from './lookups.ts'

interface Props {
  label: string
  minutes: number
  onChange: (minutes: number) => void
}

/** A time, in the unit that reads best. */
export function DurationInput({ label, minutes, onChange }: Props) {
  const { t } = useTranslation()
  const [unit, setUnit] = useState<string>(() => inUnits(minutes).unit)
  const size = minutesOf(1, unit)
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NumberInput
        label={label}
        min={1}
        max={999}
        allowDecimal={false}
        w={110}
        value={Math.max(1, Math.round(minutes / size))}
        onChange={(value) => {
          if (typeof value === 'number' && value >= 1) onChange(minutesOf(value, unit))
        }}
      />
      <Select
        aria-label={`${label}: ${t('automation.unitLabel')}`}
        w={120}
        allowDeselect={false}
        data={(['minutes', 'hours', 'days'] as const).map((value) => ({
          value,
          label: t(`automation.units.${value}`)
        }))}
        value={unit}
        onChange={(next) => {
          if (next === null) return
          setUnit(next)
          onChange(minutesOf(Math.max(1, Math.round(minutes / size)), next))
        }}
      />
    </Group>
  )
}
