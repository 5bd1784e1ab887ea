import { ActionIcon, Button, Group, Input, Select, Stack, Textarea } from '@mantine/core'
import { IconMessagePlus, IconMusicPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { settingWord } from '../words.ts'
import type { FieldProps } from './setting-input.tsx'

type Item = { sound: string } | { text: string }

function itemsOf(value: unknown): Item[] {
  if (!Array.isArray(value)) return []
  return value.filter(
    (each: unknown): each is Item =>
      typeof each === 'object' && each !== null && ('sound' in each || 'text' in each)
  )
}

/** Sounds one after another; where texts may be spoken, words among them. */
export function SoundsField({ field, value, things, error, onChange }: FieldProps) {
  const { t } = useTranslation()
  const items = itemsOf(value)
  const set = (index: number, item: Item): void =>
    onChange(items.map((each, at) => (at === index ? item : each)))
  const known = [...things.sounds.own, ...things.sounds.system]
  const data = (sound: string) => [
    ...(things.sounds.own.length > 0
      ? [{ group: t('blocks.sound.own'), items: [...things.sounds.own] }]
      : []),
    { group: t('blocks.sound.system'), items: [...things.sounds.system] },
    ...(known.some(({ value: id }) => id === sound)
      ? []
      : [{ group: '…', items: [{ value: sound, label: sound }] }])
  ]
  const remove = (index: number): void => {
    const left = items.filter((_, at) => at !== index)
    // Nothing at all means our usual words where there may be none of one's own.
    onChange(left.length === 0 && field.isNullable ? null : left)
  }
  return (
    <Input.Wrapper label={settingWord(field.name)} error={error} data-testid={`setting-${field.name}`}>
      <Stack gap={6}>
        {items.map((item, index) => (
          <Group key={index} gap={4} wrap="nowrap" align="flex-start">
            {'sound' in item ? (
              <Select
                flex={1}
                aria-label={`${t('blocks.sound.choose')} ${index + 1}`}
                data={data(item.sound)}
                value={item.sound}
                searchable
                allowDeselect={false}
                onChange={(sound) => {
                  if (sound !== null) set(index, { sound })
                }}
              />
            ) : (
              <Textarea
                flex={1}
                autosize
                minRows={2}
                maxRows={6}
                maxLength={1000}
                aria-label={t('blocks.sound.text')}
                placeholder={t('blocks.sound.textPlaceholder')}
                value={item.text}
                onChange={(event) =>
                  set(index, { text: event.currentTarget.value.replace(/\s*\n\s*/g, ' ') })
                }
              />
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={`${t('blocks.sound.remove')} ${index + 1}`}
              onClick={() => remove(index)}
            >
              <IconX size={15} />
            </ActionIcon>
          </Group>
        ))}
        <Group gap={6}>
          <Button
            size="compact-xs"
            variant="light"
            color="gray"
            leftSection={<IconMusicPlus size={13} />}
            onClick={() => onChange([...items, { sound: known[0]?.value ?? 'ringtrace/welcome' }])}
          >
            {t('blocks.sound.add')}
          </Button>
          {field.kind === 'speech' && (
            <Button
              size="compact-xs"
              variant="light"
              color="gray"
              leftSection={<IconMessagePlus size={13} />}
              onClick={() => onChange([...items, { text: '' }])}
              data-testid={`add-text-${field.name}`}
            >
              {t('blocks.sound.addText')}
            </Button>
          )}
          {items.length === 0 && field.isNullable && (
            <Input.Description>{t('blocks.sound.usual')}</Input.Description>
          )}
        </Group>
      </Stack>
    </Input.Wrapper>
  )
}
