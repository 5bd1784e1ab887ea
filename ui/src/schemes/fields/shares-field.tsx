import { Group, Input, NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { settingWord } from '../words.ts'
import type { FieldProps } from './setting-input.tsx'

const names = ['rating', 'idle', 'load'] as const

/** How much each part of a score counts. */
export function SharesField({ field, value, error, onChange }: FieldProps) {
  const { t } = useTranslation()
  const shares = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return (
    <Input.Wrapper label={settingWord(field.name)} error={error} data-testid={`setting-${field.name}`}>
      <Group gap={6} grow align="flex-end">
        {names.map((name) => (
          <NumberInput
            key={name}
            size="xs"
            label={t(`blocks.share.${name}`)}
            min={0}
            max={100}
            value={typeof shares[name] === 'number' ? shares[name] : 1}
            onChange={(share) => onChange({ ...shares, [name]: typeof share === 'number' ? share : 0 })}
          />
        ))}
      </Group>
    </Input.Wrapper>
  )
}
