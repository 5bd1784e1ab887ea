import { Alert, Badge, Button, Group, Modal, Skeleton, Stack, Switch, Text, Title } from '@mantine/core'
import { IconBrandTelegram, IconCheck, IconMail, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelTest, MessageChannel } from '../../../api/contract/messages.ts'
import rows from '../integrations/integrations.module.css'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import settings from '../settings/settings.module.css'
import { BotForm } from './bot-form.tsx'
import { MailboxForm } from './mailbox-form.tsx'
import { Templates } from './templates.tsx'
import { troubleText } from './trouble.ts'

type Kind = MessageChannel['kind']
const icons = { mail: IconMail, telegram: IconBrandTelegram }

/** What was tried, step by step. */
function Tested({ test }: { test: ChannelTest }) {
  const { t } = useTranslation()
  return (
    <Stack gap={4} mt="xs" aria-live="polite" data-testid="channel-test">
      {test.steps.map(({ name, isOk, trouble, detail }) => (
        <Group key={name} gap={8} wrap="nowrap" align="flex-start">
          {isOk ? (
            <IconCheck size={17} color="var(--mantine-color-pine-text)" />
          ) : (
            <IconX size={17} color="var(--mantine-color-rust-text)" />
          )}
          <Text fz="sm">
            {t(`channels.step.${name as 'login'}`)}
            {isOk && detail !== null && ` · ${detail}`}
            {!isOk && `: ${troubleText(trouble ?? 'other', detail)}`}
          </Text>
        </Group>
      ))}
      {test.steps.every(({ isOk }) => isOk) && (
        <Text fz="sm" c="var(--mantine-color-pine-text)">
          {t('channels.allWell')}
        </Text>
      )}
    </Stack>
  )
}

function Item({
  channel,
  isTestedAtOnce,
  onEdit
}: {
  channel: MessageChannel
  isTestedAtOnce: boolean
  onEdit: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['all', 'message-channels'] })
  const test = useMutation({
    mutationKey: ['channel-test', channel.id],
    mutationFn: () => api<ChannelTest>('POST', `/api/message-channels/${channel.id}/test`),
    onSettled: changed
  })
  const turn = useMutation({
    mutationFn: (isActive: boolean) => api('PATCH', `/api/message-channels/${channel.id}`, { isActive }),
    onSettled: changed,
    onError: (error) => toast('rust', explain(error))
  })
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/message-channels/${channel.id}`),
    onSuccess: changed,
    onError: (error) => toast('rust', explain(error))
  })
  const [wasTested, setTested] = useState(false)
  if (isTestedAtOnce && !wasTested) {
    setTested(true)
    queueMicrotask(() => test.mutate())
  }
  const Icon = icons[channel.kind]
  const state = !channel.isActive
    ? 'off'
    : channel.trouble !== null
      ? 'trouble'
      : channel.lastOkAt
        ? 'well'
        : 'new'
  const colours = { off: 'gray', trouble: 'rust', well: 'pine', new: 'amber' }
  const { address } = channel.settings as { address?: string }
  return (
    <div className={rows.item} data-testid="channel-row">
      <div style={{ flex: 1, minWidth: 240 }}>
        <Group gap="sm">
          <Icon size={18} />
          <button type="button" className={settings.open} onClick={onEdit}>
            {channel.name}
          </button>
          <Badge color={colours[state]} variant="light" tt="none" data-testid="channel-state">
            {t(`channels.state.${state}`)}
          </Badge>
        </Group>
        <Text fz="sm" c="dimmed">
          {[
            address !== channel.name ? address : null,
            channel.lastOkAt &&
              t('channels.lastOk', { at: `${dayOf(channel.lastOkAt)}, ${timeOfDay(channel.lastOkAt)}` })
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
        {channel.isActive && channel.trouble !== null && !test.data && (
          <Text fz="sm">{troubleText(channel.trouble, channel.troubleDetail)}</Text>
        )}
        {test.data && <Tested test={test.data} />}
        {test.isError && <Text fz="sm">{explain(test.error)}</Text>}
      </div>
      <Group gap="sm">
        <Switch
          aria-label={t('channels.isOn', { name: channel.name })}
          checked={channel.isActive}
          onChange={(event) => turn.mutate(event.currentTarget.checked)}
        />
        <Button
          size="compact-sm"
          variant="light"
          loading={test.isPending}
          onClick={() => test.mutate()}
          data-testid="test-channel"
        >
          {t('channels.test')}
        </Button>
        <Button size="compact-sm" variant="subtle" color="rust" onClick={() => setAsking(true)}>
          {t('channels.remove')}
        </Button>
      </Group>
      {isAsking && (
        <Modal
          opened
          onClose={() => setAsking(false)}
          title={t('channels.removeTitle', { name: channel.name })}
          closeButtonProps={{ 'aria-label': t('common.close') }}
        >
          <Text>{t('channels.removeText')}</Text>
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('common.cancel')}
            </Button>
            <Button color="rust" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('channels.remove')}
            </Button>
          </Group>
        </Modal>
      )}
    </div>
  )
}

/** Settings → Channels: mailboxes, bots, and the texts that are said by them. */
export default function ChannelsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const channels = useAll<MessageChannel>('message-channels', true, 5000)
  const [form, setForm] = useState<{ kind: Kind; channel: MessageChannel | null } | null>(null)
  const [saved, setSaved] = useState<{ id: string; count: number }>({ id: '', count: 0 })
  const onSaved = (channel: MessageChannel): void => {
    setForm(null)
    setSaved({ id: channel.id, count: saved.count + 1 })
    inBackground(client.invalidateQueries({ queryKey: ['all', 'message-channels'] }))
    inBackground(client.invalidateQueries({ queryKey: ['mail-senders'] }))
  }
  const close = (): void => setForm(null)
  return (
    <section>
      <Title order={1} size="h2">
        {t('channels.title')}
      </Title>
      <Text c="dimmed" maw={640} mb="md">
        {t('channels.text')}
      </Text>
      <Group mb="md">
        <Button
          leftSection={<IconMail size={16} />}
          onClick={() => setForm({ kind: 'mail', channel: null })}
          data-testid="add-mailbox"
        >
          {t('channels.newMailbox')}
        </Button>
        <Button
          variant="light"
          leftSection={<IconBrandTelegram size={16} />}
          onClick={() => setForm({ kind: 'telegram', channel: null })}
          data-testid="add-bot"
        >
          {t('channels.newBot')}
        </Button>
      </Group>
      {channels.isPending && <Skeleton height={120} radius="lg" />}
      {channels.isError && !channels.data && (
        <Alert color="rust">
          {explain(channels.error)}
          <Button variant="default" size="xs" ml="sm" onClick={() => inBackground(channels.refetch())}>
            {t('common.retry')}
          </Button>
        </Alert>
      )}
      {channels.data && (
        <div className="sheet">
          {channels.data.length === 0 && (
            <Text c="dimmed" ta="center" p="xl">
              {t('channels.empty')}
            </Text>
          )}
          {channels.data.map((channel) => (
            <Item
              key={`${channel.id}/${saved.id === channel.id ? saved.count : 0}`}
              channel={channel}
              isTestedAtOnce={saved.id === channel.id}
              onEdit={() => setForm({ kind: channel.kind, channel })}
            />
          ))}
        </div>
      )}
      <Templates />
      {form?.kind === 'mail' && <MailboxForm channel={form.channel} onClose={close} onSaved={onSaved} />}
      {form?.kind === 'telegram' && <BotForm channel={form.channel} onClose={close} onSaved={onSaved} />}
    </section>
  )
}
