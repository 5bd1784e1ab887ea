import { ActionIcon, Badge, Button, Group, Menu, Stack, Switch, Table, Text, Tooltip } from '@mantine/core'
import { IconCopy, IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AutomationRule } from '../../../api/contract/automation.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, exactTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { SafeDelete } from '../settings/safe-delete.tsx'
import settings from '../settings/settings.module.css'
import { TableSheet } from '../settings/table-sheet.tsx'
import styles from './automation.module.css'
import { draftOf, emptyDraft, presets, type Draft } from './draft.ts'
import { useDuration } from './lookups.ts'
import { presetOf } from './presets.ts'
import { RuleDrawer } from './rule-drawer.tsx'

interface Props {
  query: UseQueryResult<AutomationRule[]>
  hasSms: boolean | null
}

/** The rules, with what they did of late. */
export function Rules({ query, hasSms }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const sentence = useSentence()
  const [opened, setOpened] = useState<{ rule: AutomationRule | null; first: Draft } | null>(null)
  const mayChange = me.role === 'admin'
  const turn = useMutation({
    mutationFn: ({ id, isActive }: { id: string; isActive: boolean }) =>
      api('PATCH', `/api/automation-rules/${id}`, { isActive }),
    onSettled: () => client.invalidateQueries({ queryKey: ['all', 'automation-rules'] }),
    onError: (error) => toast('rust', explain(error))
  })
  const isShort = (query.data?.length ?? 0) < 2
  return (
    <section>
      {mayChange && (
        <Group justify="flex-end" mb="sm">
          {!isShort && (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default">{t('automation.fromPreset')}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                {presets.map((preset) => (
                  <Menu.Item
                    key={preset}
                    onClick={() => setOpened({ rule: null, first: presetOf(preset, t) })}
                  >
                    {t(`automation.preset.${preset}.name`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          <Button
            leftSection={<IconPlus size={16} />}
            onClick={() => setOpened({ rule: null, first: emptyDraft })}
            data-testid="add-automation-rules"
          >
            {t('automation.add')}
          </Button>
        </Group>
      )}
      {mayChange && query.isSuccess && isShort && (
        <div className={styles.presets}>
          {presets.map((preset) => (
            <button
              key={preset}
              type="button"
              className={styles.preset}
              onClick={() => setOpened({ rule: null, first: presetOf(preset, t) })}
              data-testid="preset"
            >
              <b>{t(`automation.preset.${preset}.name`)}</b>
              <span>{t(`automation.preset.${preset}.about`)}</span>
            </button>
          ))}
        </div>
      )}
      <TableSheet
        query={query}
        empty={t('automation.empty')}
        head={
          <>
            <Table.Th>{t('automation.rule')}</Table.Th>
            <Table.Th>{t('automation.lastRun')}</Table.Th>
            <Table.Th>{t('automation.inThirtyDays')}</Table.Th>
            <Table.Th>{t('automation.isActive')}</Table.Th>
            {mayChange && <Table.Th />}
          </>
        }
        row={(rule) => {
          const open = (): void => {
            if (mayChange) setOpened({ rule, first: draftOf(rule) })
          }
          return (
            <Table.Tr
              key={rule.id}
              data-testid="automation-row"
              style={mayChange ? { cursor: 'pointer' } : {}}
              onClick={open}
            >
              <Table.Td>
                {mayChange ? (
                  <button type="button" className={settings.open} onClick={open}>
                    {rule.name}
                  </button>
                ) : (
                  <Text fw={560}>{rule.name}</Text>
                )}
                <div className={styles.sentence}>{sentence(rule)}</div>
              </Table.Td>
              <Table.Td className="num" style={{ whiteSpace: 'nowrap' }}>
                {rule.lastRunAt ? `${dayOf(rule.lastRunAt)}, ${exactTime(rule.lastRunAt)}` : '–'}
              </Table.Td>
              <Table.Td>
                <Counts runs={rule.runs} />
              </Table.Td>
              <Table.Td onClick={(event) => event.stopPropagation()}>
                <Switch
                  aria-label={`${t('automation.isActive')}: ${rule.name}`}
                  checked={rule.isActive}
                  disabled={!mayChange || (turn.isPending && turn.variables.id === rule.id)}
                  onChange={({ currentTarget }) =>
                    turn.mutate({ id: rule.id, isActive: currentTarget.checked })
                  }
                />
              </Table.Td>
              {mayChange && (
                <Table.Td onClick={(event) => event.stopPropagation()}>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Tooltip label={t('automation.copy')}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        className={settings.quiet ?? ''}
                        aria-label={`${t('automation.copy')}: ${rule.name}`}
                        onClick={() =>
                          setOpened({
                            rule: null,
                            first: {
                              ...draftOf(rule),
                              isActive: false,
                              name: t('automation.copyOf', { name: rule.name })
                            }
                          })
                        }
                      >
                        <IconCopy size={16} />
                      </ActionIcon>
                    </Tooltip>
                    <SafeDelete
                      things="automation-rules"
                      id={rule.id}
                      name={rule.name}
                      testId="remove-automation-rules"
                    />
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          )
        }}
      />
      {opened && (
        <RuleDrawer
          key={opened.rule?.id ?? opened.first.name}
          rule={opened.rule}
          first={opened.first}
          hasSms={hasSms}
          onClose={() => setOpened(null)}
        />
      )}
    </section>
  )
}

function Counts({ runs }: { runs: AutomationRule['runs'] }) {
  const { t } = useTranslation()
  const shown = (['done', 'waiting', 'failed', 'left'] as const).filter((name) => runs[name] > 0)
  const colours = { done: 'pine', waiting: 'amber', failed: 'rust', left: 'gray' } as const
  if (shown.length === 0) return <Text c="dimmed">–</Text>
  return (
    <Stack gap={2} align="flex-start">
      {shown.map((name) => (
        <Badge key={name} size="sm" variant="light" tt="none" color={colours[name]}>
          {t(`automation.count.${name}`, { count: runs[name] })}
        </Badge>
      ))}
    </Stack>
  )
}

/** A rule in one sentence: when, then. */
function useSentence(): (rule: AutomationRule) => string {
  const { t } = useTranslation()
  const duration = useDuration()
  return ({ trigger, settings: given, groups, actions }) => {
    const when = [
      t(`automation.trigger.${trigger}`),
      given.minutes === undefined ? null : duration(given.minutes),
      trigger === 'callRated' ? `≤ ${given.rating ?? 2}` : null
    ]
    const conditions = groups.reduce((sum, group) => sum + group.conditions.length, 0)
    return [
      when.filter((part) => part !== null).join(' '),
      ...(conditions > 0 ? [t('automation.conditionCount', { count: conditions })] : []),
      actions.map(({ kind }) => t(`automation.actionKind.${kind}`)).join(', ')
    ].join(' → ')
  }
}
