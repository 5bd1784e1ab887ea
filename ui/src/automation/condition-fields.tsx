import { ActionIcon, Group, MultiSelect, NumberInput, Select, TextInput, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { AutomationCondition } from '../../../api/contract/automation.ts'
import { conditionKinds } from '../../../api/contract/automation-words.ts'
import { inquiryChannels } from '../../../api/contract/words.ts'
import { TagsField } from '../lib/tags-field.tsx'
import styles from './automation.module.css'
import { newConditions } from './draft.ts'
import type { Choices } from './lookups.ts'

interface Props {
  condition: AutomationCondition
  choices: Choices
  /** What a rule that was tried out says of it; null before. */
  held: boolean | null
  onChange: (condition: AutomationCondition) => void
  onRemove: () => void
}

/** One condition, read from left to right: what, is or is not, which. */
export function ConditionFields({ condition, choices, held, onChange, onRemove }: Props) {
  const { t } = useTranslation()
  const is = (
    yes: 'is' | 'within' | 'open',
    no: 'isNot' | 'outside' | 'closed',
    value: boolean,
    set: (value: boolean) => void
  ) => (
    <Select
      aria-label={t('automation.is.label')}
      allowDeselect={false}
      className={styles.is ?? ''}
      data={[
        { value: 'yes', label: t(`automation.is.${yes}`) },
        { value: 'no', label: t(`automation.is.${no}`) }
      ]}
      value={value ? 'yes' : 'no'}
      onChange={(chosen) => set(chosen === 'yes')}
    />
  )
  return (
    <div className={styles.condition} data-held={held ?? undefined} data-testid="condition">
      <Select
        aria-label={t('automation.condition')}
        allowDeselect={false}
        className={styles.what ?? ''}
        data={conditionKinds.map((value) => ({ value, label: t(`automation.conditionKind.${value}`) }))}
        value={condition.kind}
        onChange={(value) => {
          const kind = conditionKinds.find((each) => each === value)
          if (kind) onChange(newConditions[kind])
        }}
      />
      {fields()}
      <Tooltip label={t('common.remove')}>
        <ActionIcon variant="subtle" color="gray" aria-label={t('common.remove')} onClick={onRemove}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  )

  function fields() {
    const label = t(`automation.conditionKind.${condition.kind}`)
    switch (condition.kind) {
      case 'source':
      case 'campaign':
      case 'tag': {
        const data =
          condition.kind === 'campaign' ? [] : choices[condition.kind === 'tag' ? 'tags' : 'sources']
        return (
          <>
            {is('is', 'isNot', condition.is, (value) => onChange({ ...condition, is: value }))}
            <TagsField
              aria-label={label}
              className={styles.values ?? ''}
              placeholder={condition.values.length === 0 ? t('automation.chooseOrWrite') : ''}
              data={data}
              value={condition.values}
              onChange={(values) => onChange({ ...condition, values })}
            />
          </>
        )
      }
      case 'inquiryChannel':
        return (
          <>
            {is('is', 'isNot', condition.is, (value) => onChange({ ...condition, is: value }))}
            <MultiSelect
              aria-label={label}
              className={styles.values ?? ''}
              placeholder={condition.values.length === 0 ? t('automation.choose') : ''}
              data={inquiryChannels.map((value) => ({ value, label: t(`inquiryChannel.${value}`) }))}
              value={condition.values}
              onChange={(values) =>
                onChange({ ...condition, values: inquiryChannels.filter((each) => values.includes(each)) })
              }
            />
          </>
        )
      case 'stage':
      case 'responsible':
        return (
          <>
            {is('is', 'isNot', condition.is, (value) => onChange({ ...condition, is: value }))}
            <MultiSelect
              aria-label={label}
              className={styles.values ?? ''}
              placeholder={condition.values.length === 0 ? t('automation.choose') : ''}
              data={condition.kind === 'stage' ? choices.stages : choices.users}
              value={condition.values}
              onChange={(values) => onChange({ ...condition, values })}
              searchable
            />
          </>
        )
      case 'amount':
        return (['min', 'max'] as const).map((name) => (
          <NumberInput
            key={name}
            aria-label={t(`automation.amount.${name}`)}
            placeholder={t(`automation.amount.${name}`)}
            className={styles.values ?? ''}
            min={0}
            thousandSeparator=" "
            value={condition[name] ?? ''}
            onChange={(value) => onChange({ ...condition, [name]: typeof value === 'number' ? value : null })}
          />
        ))
      case 'client':
        return (
          <Select
            aria-label={label}
            allowDeselect={false}
            className={styles.values ?? ''}
            data={(['new', 'known'] as const).map((value) => ({
              value,
              label: t(`automation.client.${value}`)
            }))}
            value={condition.is}
            onChange={(value) => onChange({ ...condition, is: value === 'known' ? 'known' : 'new' })}
          />
        )
      case 'schedule':
        return (
          <>
            <Select
              aria-label={label}
              className={styles.values ?? ''}
              placeholder={t(choices.schedules.length === 0 ? 'automation.noSchedules' : 'automation.choose')}
              data={choices.schedules}
              value={condition.scheduleId || null}
              onChange={(scheduleId) => onChange({ ...condition, scheduleId: scheduleId ?? '' })}
            />
            {is('open', 'closed', condition.is, (value) => onChange({ ...condition, is: value }))}
          </>
        )
      case 'time':
        return (
          <>
            {is('within', 'outside', condition.is, (value) => onChange({ ...condition, is: value }))}
            <Group gap={6} wrap="nowrap">
              <TextInput
                type="time"
                aria-label={t('automation.from')}
                value={condition.from}
                onChange={({ currentTarget: { value: from } }) => {
                  if (from !== '') onChange({ ...condition, from })
                }}
              />
              <span>–</span>
              <TextInput
                type="time"
                aria-label={t('automation.to')}
                value={condition.to}
                onChange={({ currentTarget: { value: to } }) => {
                  if (to !== '') onChange({ ...condition, to })
                }}
              />
            </Group>
            <MultiSelect
              aria-label={t('automation.days')}
              className={styles.values ?? ''}
              placeholder={condition.days.length === 0 ? t('automation.everyDay') : ''}
              data={[1, 2, 3, 4, 5, 6, 7].map((day) => ({
                value: String(day),
                label: t(`automation.day.${String(day) as '1'}`)
              }))}
              value={condition.days.map(String)}
              onChange={(days) =>
                onChange({ ...condition, days: days.map(Number).toSorted((a, b) => a - b) })
              }
            />
          </>
        )
    }
  }
}
