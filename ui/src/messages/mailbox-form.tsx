import {
  Fieldset,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Switch,
  Textarea,
  TextInput
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageChannel } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { serversOf, type Server } from './providers.ts'

interface Settings {
  address: string
  senderName: string
  imap: Server
  folder: string
  takeDays: number
  smtp: Server | null
  signature: string
}
const nothing: Server = { host: '', port: 993, security: 'tls', user: '' }
const fresh: Settings = {
  ...{ address: '', senderName: '', folder: 'INBOX', takeDays: 0, signature: '' },
  imap: nothing,
  smtp: { ...nothing, port: 465 }
}

interface ServerProps {
  title: string
  name: 'imap' | 'smtp'
  value: Server
  wrong: Record<string, string | undefined>
  onChange: (server: Server) => void
}

function ServerFields({ title, name, value, wrong, onChange }: ServerProps) {
  const { t } = useTranslation()
  const put = (change: Partial<Server>): void => onChange({ ...value, ...change })
  return (
    <Fieldset legend={title}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <TextInput
          label={t('channels.host')}
          required
          value={value.host}
          error={wrong[`settings.${name}.host`]}
          onChange={(event) => put({ host: event.currentTarget.value })}
          data-testid={`${name}-host`}
        />
        <NumberInput
          label={t('channels.port')}
          required
          min={1}
          max={65535}
          allowDecimal={false}
          value={value.port}
          onChange={(port) => put({ port: Number(port) })}
          data-testid={`${name}-port`}
        />
        <Select
          label={t('channels.security')}
          allowDeselect={false}
          data={(['tls', 'starttls', 'none'] as const).map((each) => ({
            value: each,
            label: t(`channels.securities.${each}`)
          }))}
          value={value.security}
          onChange={(security) => put({ security: security ?? 'tls' })}
        />
      </SimpleGrid>
      <TextInput
        mt="xs"
        label={t('channels.user')}
        required={name === 'imap'}
        value={value.user}
        error={wrong[`settings.${name}.user`]}
        onChange={(event) => put({ user: event.currentTarget.value })}
      />
    </Fieldset>
  )
}

interface Props {
  channel: MessageChannel | null
  onClose: () => void
  onSaved: (channel: MessageChannel) => void
}

/** A mailbox: whose it is, where letters come from and by what they leave. */
export function MailboxForm({ channel, onClose, onSaved }: Props) {
  const { t } = useTranslation()
  const [name, setName] = useState(channel?.name ?? '')
  const [settings, setSettings] = useState<Settings>({
    ...fresh,
    ...(channel?.settings as Partial<Settings> | undefined)
  })
  const [password, setPassword] = useState('')
  const [smtpPassword, setSmtpPassword] = useState('')
  const put = (change: Partial<Settings>): void => setSettings({ ...settings, ...change })
  const save = useMutation({
    mutationFn: () => {
      const keys = { ...(password && { imapPassword: password }), ...(smtpPassword && { smtpPassword }) }
      const body = { name: name || settings.address, settings, keys }
      return channel
        ? api<MessageChannel>('PATCH', `/api/message-channels/${channel.id}`, body)
        : api<MessageChannel>('POST', '/api/message-channels', { ...body, kind: 'mail' })
    },
    onSuccess: onSaved
  })
  const wrong = fieldErrors(save.error)
  /** A service that is known needs no reading of its help. */
  const guess = (): void => {
    const found = settings.imap.host === '' ? serversOf(settings.address) : null
    if (found) put({ imap: found.imap, smtp: settings.smtp && found.smtp })
  }
  return (
    <FormDialog
      title={channel ? channel.name : t('channels.newMailbox')}
      size="lg"
      error={save.error}
      isBusy={save.isPending}
      saveLabel={t('channels.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="mailbox-form"
      saveTestId="save-channel"
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          type="email"
          label={t('channels.address')}
          placeholder="sales@example.com"
          required
          data-autofocus
          value={settings.address}
          error={wrong['settings.address']}
          onChange={(event) => put({ address: event.currentTarget.value })}
          onBlur={guess}
          data-testid="mailbox-address"
        />
        <PasswordInput
          label={t('channels.password')}
          description={channel ? t('channels.passwordStays') : t('channels.passwordHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          required={!channel}
          autoComplete="new-password"
          value={password}
          error={wrong['keys.imapPassword']}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-testid="mailbox-password"
        />
        <TextInput
          label={t('channels.senderName')}
          placeholder={t('channels.senderNamePlaceholder')}
          maxLength={100}
          value={settings.senderName}
          error={wrong['settings.senderName']}
          onChange={(event) => put({ senderName: event.currentTarget.value })}
        />
        <TextInput
          label={t('channels.name')}
          placeholder={settings.address}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </SimpleGrid>
      <ServerFields
        title={t('channels.imap')}
        name="imap"
        value={settings.imap}
        wrong={wrong}
        onChange={(imap) => put({ imap })}
      />
      <Switch
        label={t('channels.companySmtp')}
        checked={settings.smtp === null}
        onChange={(event) =>
          put({
            smtp: event.currentTarget.checked
              ? null
              : (serversOf(settings.address)?.smtp ?? { ...nothing, port: 465 })
          })
        }
      />
      {settings.smtp && (
        <>
          <ServerFields
            title={t('channels.smtp')}
            name="smtp"
            value={settings.smtp}
            wrong={wrong}
            onChange={(smtp) => put({ smtp })}
          />
          <PasswordInput
            label={t('channels.smtpPassword')}
            description={t('channels.smtpPasswordHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="new-password"
            value={smtpPassword}
            onChange={(event) => setSmtpPassword(event.currentTarget.value)}
          />
        </>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label={t('channels.folder')}
          value={settings.folder}
          error={wrong['settings.folder']}
          onChange={(event) => put({ folder: event.currentTarget.value })}
        />
        <NumberInput
          label={t('channels.takeDays')}
          min={0}
          max={30}
          allowDecimal={false}
          value={settings.takeDays}
          onChange={(takeDays) => put({ takeDays: Number(takeDays) })}
        />
      </SimpleGrid>
      <Textarea
        label={t('channels.signature')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={2000}
        value={settings.signature}
        onChange={(event) => put({ signature: event.currentTarget.value })}
      />
    </FormDialog>
  )
}
