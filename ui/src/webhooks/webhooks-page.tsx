import '../styles/later.ts'
import '@mantine/core/styles/Accordion.css'
import '@mantine/core/styles/Radio.css'
import { ActionIcon, Alert, Badge, Group, Stack, Table, Text, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconKey, IconRefresh, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import type { Webhook } from '../../../api/contract/webhooks.ts'
import { conditionsOf } from '../../../integrations/webhooks/core/filter.ts'
import { dayOf } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { SafeDelete } from '../settings/safe-delete.tsx'
import { SectionHead } from '../settings/section-head.tsx'
import styles from '../settings/settings.module.css'
import { TableSheet } from '../settings/table-sheet.tsx'
import { Deliveries } from './deliveries.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { RotateDialog, SecretDialog } from './secret-dialog.tsx'
import { TestDialog } from './test-dialog.tsx'
import { WebhookDrawer } from './webhook-drawer.tsx'
import { useEventName } from './words.ts'

type Asked = { what: 'test' | 'rotate' | 'replay'; webhook: Webhook } | null

const actions = [
  { what: 'test', icon: IconSend },
  { what: 'replay', icon: IconRefresh },
  { what: 'rotate', icon: IconKey }
] as const

/** Webhooks and what they have sent. */
export default function WebhooksPage() {
  const { t } = useTranslation()
  const nameOf = useEventName()
  const navigate = useNavigate()
  const { id: linked } = useParams()
  const webhooks = useAll<Webhook>('webhooks', true, 30_000)
  const [openId, setOpenId] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const items = webhooks.data ?? []
  const opened = items.find(({ id }) => id === (openId ?? linked))
  const close = (): void => {
    setOpenId(null)
    if (linked !== undefined) inBackground(navigate('/settings/webhooks'))
  }
  const off = items.filter(({ disabledReason }) => disabledReason !== null)
  return (
    <section>
      <SectionHead
        title={t('settings.webhooks.title')}
        text={t('hooks.text')}
        addLabel={t('settings.webhooks.add')}
        onAdd={() => setOpenId('new')}
        things="webhooks"
      />
      {off.map((each) => (
        <Alert
          key={each.id}
          color="rust"
          icon={<IconAlertTriangle size={18} />}
          mb="sm"
          role="status"
          data-testid="webhook-off"
        >
          <b>{t('hooks.off.title', { name: each.name })}</b> {each.disabledReason}. {t('hooks.off.text')}
        </Alert>
      ))}
      <TableSheet
        query={webhooks}
        empty={t('hooks.empty')}
        head={
          <>
            <Table.Th>{t('settings.name')}</Table.Th>
            <Table.Th>{t('hooks.events')}</Table.Th>
            <Table.Th>{t('hooks.template.format')}</Table.Th>
            <Table.Th>{t('settings.state')}</Table.Th>
            <Table.Th />
          </>
        }
        row={(each) => {
          const conditions = conditionsOf(each.filter).length
          return (
            <Table.Tr
              key={each.id}
              data-testid="webhooks-row"
              style={{ cursor: 'pointer' }}
              onClick={() => setOpenId(each.id)}
            >
              <Table.Td>
                <button type="button" className={styles.open} onClick={() => setOpenId(each.id)}>
                  {each.name}
                </button>
                <Text fz="xs" c="dimmed" className="cut" maw={260}>
                  {each.url}
                </Text>
              </Table.Td>
              <Table.Td>
                <Tooltip label={each.events.map(nameOf).join(', ')} multiline maw={320}>
                  <Text fz="sm">{t('hooks.eventCount', { count: each.events.length })}</Text>
                </Tooltip>
                {conditions > 0 && (
                  <Text fz="xs" c="dimmed">
                    {t('hooks.conditionCount', { count: conditions })}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Text fz="sm">
                  {t(
                    each.template === null
                      ? 'hooks.preset.own'
                      : `hooks.preset.${(each.template.preset ?? 'custom') as 'custom'}`
                  )}
                </Text>
              </Table.Td>
              <Table.Td>
                <Stack gap={2} align="flex-start">
                  <Badge
                    variant="light"
                    tt="none"
                    color={!each.isActive ? 'gray' : each.failingSince ? 'rust' : 'pine'}
                  >
                    {t(
                      !each.isActive
                        ? 'settings.inactive'
                        : each.failingSince
                          ? 'hooks.failing'
                          : 'settings.active'
                    )}
                  </Badge>
                  {each.isActive && each.failingSince && (
                    <Text fz="xs" c="dimmed">
                      {t('hooks.failingSince', { at: dayOf(each.failingSince) })}
                    </Text>
                  )}
                </Stack>
              </Table.Td>
              <Table.Td onClick={(event) => event.stopPropagation()}>
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  {actions.map(({ what, icon: Icon }) => (
                    <Tooltip key={what} label={t(`hooks.action.${what}`)}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        className={styles.quiet ?? ''}
                        aria-label={`${t(`hooks.action.${what}`)}: ${each.name}`}
                        onClick={() => setAsked({ what, webhook: each })}
                        data-testid={`webhook-${what}`}
                      >
                        <Icon size={16} />
                      </ActionIcon>
                    </Tooltip>
                  ))}
                  <SafeDelete things="webhooks" id={each.id} name={each.name} testId="remove-webhooks" />
                </Group>
              </Table.Td>
            </Table.Tr>
          )
        }}
      />
      <Deliveries webhooks={items} />
      {(openId === 'new' || opened) && (
        <WebhookDrawer
          key={opened?.id ?? 'new'}
          webhook={opened ?? null}
          onClose={close}
          onSecret={setSecret}
        />
      )}
      {asked?.what === 'test' && <TestDialog webhook={asked.webhook} onClose={() => setAsked(null)} />}
      {asked?.what === 'replay' && <ReplayDialog webhook={asked.webhook} onClose={() => setAsked(null)} />}
      {asked?.what === 'rotate' && (
        <RotateDialog
          webhook={asked.webhook}
          onSecret={(made) => {
            setAsked(null)
            setSecret(made)
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {secret !== null && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </section>
  )
}
