import { ActionIcon, Button, Group, Input, Paper, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { settingWord } from '../words.ts'
import { ConditionInput, newCondition, type Condition } from './condition-input.tsx'
import type { FieldProps } from './setting-input.tsx'

interface Rule {
  name: string
  match?: 'all' | 'any'
  conditions: Condition[]
}

/** Rules in their order, each with a way out of its own: the first that holds is gone by. */
export function RulesField({ field, value, things, error, onChange }: FieldProps) {
  const { t } = useTranslation()
  const rules = Array.isArray(value) ? (value as Rule[]) : []
  const set = (index: number, rule: Rule): void =>
    onChange(rules.map((each, at) => (at === index ? rule : each)))
  const add = (): void => {
    let number = rules.length + 1
    while (rules.some(({ name }) => name === String(number))) number += 1
    onChange([...rules, { name: String(number), match: 'all', conditions: [newCondition('source')] }])
  }
  return (
    <Input.Wrapper label={settingWord(field.name)} error={error} data-testid={`setting-${field.name}`}>
      <Stack gap={8}>
        {rules.map((rule, index) => (
          <Paper key={index} withBorder p={8} bg="var(--rt-soft)">
            <Stack gap={8}>
              <Group gap={4} wrap="nowrap" align="flex-end">
                <TextInput
                  flex={1}
                  size="xs"
                  maxLength={40}
                  label={t('blocks.rule.name')}
                  value={rule.name}
                  onChange={(event) => set(index, { ...rule, name: event.currentTarget.value })}
                  data-testid={`rule-name-${index + 1}`}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  mb={2}
                  aria-label={`${t('blocks.rule.remove')} ${rule.name}`}
                  onClick={() => onChange(rules.filter((_, at) => at !== index))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
              {rule.conditions.length > 1 && (
                <Select
                  size="xs"
                  aria-label={t('blocks.rule.match')}
                  data={[
                    { value: 'all', label: t('blocks.rule.all') },
                    { value: 'any', label: t('blocks.rule.any') }
                  ]}
                  value={rule.match ?? 'all'}
                  allowDeselect={false}
                  onChange={(match) => set(index, { ...rule, match: match === 'any' ? 'any' : 'all' })}
                />
              )}
              {rule.conditions.map((condition, at) => (
                <ConditionInput
                  key={at}
                  value={condition}
                  things={things}
                  onChange={(next) =>
                    set(index, {
                      ...rule,
                      conditions: rule.conditions.map((each, other) => (other === at ? next : each))
                    })
                  }
                  onRemove={
                    rule.conditions.length > 1
                      ? () =>
                          set(index, {
                            ...rule,
                            conditions: rule.conditions.filter((_, other) => other !== at)
                          })
                      : null
                  }
                />
              ))}
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                w="max-content"
                leftSection={<IconPlus size={13} />}
                onClick={() =>
                  set(index, { ...rule, conditions: [...rule.conditions, newCondition('client')] })
                }
              >
                {t('blocks.rule.addCondition')}
              </Button>
            </Stack>
          </Paper>
        ))}
        <Button
          size="compact-xs"
          variant="light"
          color="gray"
          w="max-content"
          leftSection={<IconPlus size={13} />}
          onClick={add}
          data-testid="add-rule"
        >
          {t('blocks.rule.add')}
        </Button>
      </Stack>
    </Input.Wrapper>
  )
}
