import { ActionIcon, Button, Group, Input, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { settingWord } from '../words.ts'
import type { FieldProps } from './setting-input.tsx'

interface Key {
  digit: string
  label?: string
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#']

/** Keys of a telephone, each with what it is for. */
export function KeysField({ field, value, error, onChange }: FieldProps) {
  const { t } = useTranslation()
  const keys = Array.isArray(value) ? (value as Key[]) : []
  const free = digits.filter((digit) => !keys.some((key) => key.digit === digit))
  const set = (index: number, key: Key): void => onChange(keys.map((each, at) => (at === index ? key : each)))
  return (
    <Input.Wrapper label={settingWord(field.name)} error={error} data-testid={`setting-${field.name}`}>
      <Stack gap={6}>
        {keys.map((key, index) => (
          <Group key={index} gap={4} wrap="nowrap">
            <Select
              w={64}
              aria-label={`${t('blocks.key.digit')} ${index + 1}`}
              data={[key.digit, ...free].toSorted((a, b) => digits.indexOf(a) - digits.indexOf(b))}
              value={key.digit}
              allowDeselect={false}
              withCheckIcon={false}
              onChange={(digit) => {
                if (digit !== null) set(index, { ...key, digit })
              }}
            />
            <TextInput
              flex={1}
              maxLength={100}
              aria-label={`${t('blocks.key.label')} ${key.digit}`}
              placeholder={t('blocks.key.label')}
              value={key.label ?? ''}
              onChange={(event) => set(index, { ...key, label: event.currentTarget.value })}
              data-testid={`key-label-${key.digit}`}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('blocks.key.remove')} ${key.digit}`}
              onClick={() => onChange(keys.filter((_, at) => at !== index))}
            >
              <IconX size={15} />
            </ActionIcon>
          </Group>
        ))}
        {free[0] !== undefined && (
          <Button
            size="compact-xs"
            variant="light"
            color="gray"
            w="max-content"
            leftSection={<IconPlus size={13} />}
            onClick={() => onChange([...keys, { digit: free[0], label: '' }])}
            data-testid={`add-key-${field.name}`}
          >
            {t('blocks.key.add')}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  )
}
