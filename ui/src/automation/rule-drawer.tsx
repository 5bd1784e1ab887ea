import {
  Alert,
  Button,
  Drawer,
  Group,
  Menu,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput
} from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { AutomationRule, AutomationTried } from '../../../api/contract/automation.ts'
import { actionKinds } from '../../../api/contract/automation-words.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { ActionFields } from './action-fields.tsx'
import styles from './automation.module.css'
import { ConditionFields } from './condition-fields.tsx'
import { bodyOf, isComplete, newActions, newConditions, type Draft } from './draft.ts'
import { useChoices } from './lookups.ts'
import { TriggerFields } from './trigger-fields.tsx'
import { TryOut } from './try-out.tsx'

interface Props {
  /** Null makes a new one. */
  rule: AutomationRule | null
  first: Draft
  hasSms: boolean | null
  onClose: () => void
}

/** Changes item `at` of a list; without a new one it is taken out. */
const changed = <T,>(list: readonly T[], at: number, item?: T): T[] =>
  item === undefined ? list.filter((_, index) => index !== at) : list.with(at, item)

/** A rule, to be read as a sentence: when, if, then. */
export function RuleDrawer({ rule, first, hasSms, onClose }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const choices = useChoices()
  const [draft, setDraft] = useState(first)
  const [tried, setTried] = useState<AutomationTried | null>(null)
  const set = (part: Partial<Draft>): void => {
    setDraft((old) => ({ ...old, ...part }))
    setTried(null)
  }
  const save = useMutation({
    mutationFn: () =>
      api<AutomationRule>(
        rule ? 'PATCH' : 'POST',
        rule ? `/api/automation-rules/${rule.id}` : '/api/automation-rules',
        bodyOf(draft)
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all', 'automation-rules'] })
      toast('pine', t('automation.saved'))
      onClose()
    }
  })
  const errors = fieldErrors(save.error)
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  const { groups, actions } = draft
  const setGroup = (at: number, part: Partial<(typeof groups)[number]>): void => {
    const group = groups[at]
    if (group) set({ groups: changed(groups, at, { ...group, ...part }) })
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={780}
      title={rule?.name ?? t('automation.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={onSubmit} data-testid="rule-form">
        <Stack gap="lg">
          {save.isError && (
            <Alert color="rust" role="alert">
              {explain(save.error)}{' '}
              {Object.entries(errors)
                .map(([path, words]) => `${path}: ${words}`)
                .join('; ')}
            </Alert>
          )}
          <Group align="flex-end" wrap="nowrap">
            <TextInput
              label={t('settings.name')}
              required
              maxLength={200}
              style={{ flex: 1 }}
              value={draft.name}
              onChange={({ currentTarget }) => set({ name: currentTarget.value })}
              data-testid="rule-name"
            />
            <Switch
              mb={8}
              label={t('automation.isActive')}
              checked={draft.isActive}
              onChange={({ currentTarget }) => set({ isActive: currentTarget.checked })}
            />
          </Group>

          <section className={styles.part}>
            <TriggerFields draft={draft} choices={choices} onChange={set} />
          </section>

          <section className={styles.part}>
            <Text fw={620} mb={4}>
              {t('automation.if')}
            </Text>
            <Stack gap="sm">
              {groups.length === 0 && (
                <Text fz="sm" c="dimmed">
                  {t('automation.always')}
                </Text>
              )}
              {groups.map((group, at) => (
                <div key={at} className={styles.group}>
                  {group.conditions.length > 1 && (
                    <SegmentedControl
                      size="xs"
                      mb="xs"
                      aria-label={t('automation.match.label')}
                      value={group.match}
                      onChange={(match) => setGroup(at, { match: match === 'any' ? 'any' : 'all' })}
                      data={(['all', 'any'] as const).map((value) => ({
                        value,
                        label: t(`automation.match.${value}`)
                      }))}
                    />
                  )}
                  <Stack gap="xs">
                    {group.conditions.map((condition, index) => (
                      <ConditionFields
                        key={index}
                        condition={condition}
                        choices={choices}
                        held={tried?.checks[at]?.[index] ?? null}
                        onChange={(next) =>
                          setGroup(at, { conditions: changed(group.conditions, index, next) })
                        }
                        onRemove={() => {
                          const left = changed(group.conditions, index)
                          if (left.length > 0) setGroup(at, { conditions: left })
                          else set({ groups: changed(groups, at) })
                        }}
                      />
                    ))}
                  </Stack>
                  {group.conditions.length < 10 && (
                    <Button
                      variant="subtle"
                      size="compact-sm"
                      mt="xs"
                      leftSection={<IconPlus size={14} />}
                      onClick={() =>
                        setGroup(at, { conditions: [...group.conditions, newConditions.source] })
                      }
                    >
                      {t('automation.addCondition')}
                    </Button>
                  )}
                </div>
              ))}
              {groups.length < 3 && (
                <Button
                  variant="default"
                  size="xs"
                  style={{ alignSelf: 'flex-start' }}
                  leftSection={<IconPlus size={14} />}
                  onClick={() =>
                    set({ groups: [...groups, { match: 'all', conditions: [newConditions.source] }] })
                  }
                  data-testid="add-group"
                >
                  {t(groups.length === 0 ? 'automation.addCondition' : 'automation.addGroup')}
                </Button>
              )}
            </Stack>
          </section>

          <section className={styles.part}>
            <Text fw={620} mb={4}>
              {t('automation.then')}
            </Text>
            <Stack gap="sm">
              {actions.map((action, at) => (
                <ActionFields
                  key={at}
                  action={action}
                  place={at + 1}
                  choices={choices}
                  hasSms={hasSms}
                  onChange={(next) => set({ actions: changed(actions, at, next) })}
                  onRemove={() => set({ actions: changed(actions, at) })}
                />
              ))}
              {actions.length < 10 && (
                <Menu position="bottom-start">
                  <Menu.Target>
                    <Button
                      variant="default"
                      size="xs"
                      style={{ alignSelf: 'flex-start' }}
                      leftSection={<IconPlus size={14} />}
                      data-testid="add-action"
                    >
                      {t('automation.addAction')}
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    {actionKinds
                      .filter((kind) => kind !== 'mailStaff')
                      .map((kind) => (
                        <Menu.Item
                          key={kind}
                          onClick={() => set({ actions: [...actions, newActions[kind]] })}
                        >
                          {t(`automation.actionKind.${kind}`)}
                        </Menu.Item>
                      ))}
                  </Menu.Dropdown>
                </Menu>
              )}
            </Stack>
          </section>

          <section className={styles.part}>
            <Text fw={620}>{t('automation.limit.title')}</Text>
            <Text fz="sm" c="dimmed" mb="xs">
              {t('automation.limit.text')}
            </Text>
            <Group>
              <NumberInput
                label={t('automation.limit.times')}
                min={1}
                max={50}
                allowDecimal={false}
                w={150}
                value={draft.limitTimes}
                onChange={(value) => {
                  if (typeof value === 'number' && value >= 1) set({ limitTimes: value })
                }}
              />
              <NumberInput
                label={t('automation.limit.hours')}
                min={1}
                max={720}
                allowDecimal={false}
                w={150}
                value={draft.limitHours}
                onChange={(value) => {
                  if (typeof value === 'number' && value >= 1) set({ limitHours: value })
                }}
              />
            </Group>
          </section>

          <TryOut draft={draft} tried={tried} onTried={setTried} />

          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={!isComplete(draft)}
              data-testid="form-save"
            >
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}
