import {
  ActionIcon,
  Alert,
  Button,
  Group,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  Tooltip
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SmsSettings } from '../../../api/contract/automation.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

const path = '/api/sms-settings'
const places = ['phone', 'digits', 'text', 'id', 'key'] as const

export function useSms(isOn: boolean) {
  return useQuery({ queryKey: ['sms-settings'], queryFn: () => api<SmsSettings>('GET', path), enabled: isOn })
}

/** The gateway through which SMS leave: any that takes them by HTTP. */
export function Sms() {
  const query = useSms(true)
  if (query.isError)
    return (
      <Alert color="rust" role="alert">
        {explain(query.error)}
      </Alert>
    )
  return query.data ? (
    <Stack maw={720}>
      <Fields first={query.data} />
      {query.data.url !== null && <Test />}
    </Stack>
  ) : null
}

function Fields({ first }: { first: SmsSettings }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isOn, setOn] = useState(first.url !== null)
  const [draft, setDraft] = useState({ ...first, url: first.url ?? '' })
  const [key, setKey] = useState('')
  const set = (part: Partial<typeof draft>): void => setDraft((old) => ({ ...old, ...part }))
  const save = useMutation({
    mutationFn: () => {
      const { hasKey: _, url, ...rest } = draft
      return api<SmsSettings>('PUT', path, {
        ...rest,
        url: isOn ? url.trim() : null,
        ...(key !== '' && { key })
      })
    },
    onSuccess: (saved) => {
      client.setQueryData(['sms-settings'], saved)
      setKey('')
      toast('pine', t('automation.sms.saved'))
    }
  })
  return (
    <form
      className="sheet"
      style={{ padding: '18px 20px 20px' }}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      data-testid="sms-form"
    >
      <Stack gap="sm">
        <Switch
          label={t('automation.sms.isOn')}
          description={t('automation.sms.isOnText')}
          checked={isOn}
          onChange={({ currentTarget }) => setOn(currentTarget.checked)}
        />
        {save.isError && (
          <Alert color="rust" role="alert">
            {explain(save.error)}{' '}
            {'problem' in save.error
              ? ((save.error.problem as { errors?: { path: string; message: string }[] }).errors ?? [])
                  .map(({ path: at, message }) => `${at}: ${message}`)
                  .join('; ')
              : ''}
          </Alert>
        )}
        {isOn && (
          <>
            <Group align="flex-end" wrap="nowrap">
              <Select
                label={t('automation.sms.method')}
                w={110}
                allowDeselect={false}
                data={['POST', 'GET']}
                value={draft.method}
                onChange={(value) => set({ method: value === 'GET' ? 'GET' : 'POST' })}
              />
              <TextInput
                label={t('automation.sms.url')}
                required
                style={{ flex: 1 }}
                placeholder="https://sms.example.com/send"
                value={draft.url}
                onChange={({ currentTarget }) => set({ url: currentTarget.value })}
              />
            </Group>
            {draft.method === 'POST' && (
              <>
                <Select
                  label={t('automation.sms.body')}
                  w={240}
                  allowDeselect={false}
                  data={(['json', 'form', 'none'] as const).map((value) => ({
                    value,
                    label: t(`automation.sms.bodies.${value}`)
                  }))}
                  value={draft.body}
                  onChange={(value) =>
                    set({
                      body: (['json', 'form', 'none'] as const).find((each) => each === value) ?? 'json'
                    })
                  }
                />
                {draft.body !== 'none' && (
                  <Textarea
                    label={t('automation.sms.template')}
                    description={t(`automation.sms.templateHelp.${draft.body}`, { text: '{{text}}' })}
                    autosize
                    minRows={3}
                    maxRows={12}
                    styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
                    value={draft.template}
                    onChange={({ currentTarget }) => set({ template: currentTarget.value })}
                  />
                )}
              </>
            )}
            <Text fz="xs" c="dimmed">
              {t('automation.sms.places')}{' '}
              {places.map((name) => `{{${name}}} – ${t(`automation.sms.place.${name}`)}`).join('; ')}
            </Text>
            <div>
              <Text fz="sm" fw={500} mb={4}>
                {t('automation.sms.headers')}
              </Text>
              <Stack gap={6}>
                {draft.headers.map((header, at) => (
                  <Group key={at} gap={6} wrap="nowrap">
                    <TextInput
                      aria-label={t('automation.sms.headerName')}
                      placeholder="Authorization"
                      w={200}
                      value={header.name}
                      onChange={({ currentTarget: { value: name } }) =>
                        set({ headers: draft.headers.with(at, { ...header, name }) })
                      }
                    />
                    <TextInput
                      aria-label={t('automation.sms.headerValue')}
                      placeholder="Bearer {{key}}"
                      style={{ flex: 1 }}
                      value={header.value}
                      onChange={({ currentTarget: { value } }) =>
                        set({ headers: draft.headers.with(at, { ...header, value }) })
                      }
                    />
                    <Tooltip label={t('common.remove')}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t('common.remove')}
                        onClick={() => set({ headers: draft.headers.filter((_, index) => index !== at) })}
                      >
                        <IconX size={16} />
                      </ActionIcon>
                    </Tooltip>
                  </Group>
                ))}
                {draft.headers.length < 10 && (
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    style={{ alignSelf: 'flex-start' }}
                    leftSection={<IconPlus size={14} />}
                    onClick={() => set({ headers: [...draft.headers, { name: '', value: '' }] })}
                  >
                    {t('automation.sms.addHeader')}
                  </Button>
                )}
              </Stack>
            </div>
            <Group grow align="flex-start">
              <PasswordInput
                label={t('automation.sms.key')}
                description={t(first.hasKey ? 'automation.sms.keyKept' : 'automation.sms.keyText')}
                autoComplete="off"
                value={key}
                onChange={({ currentTarget }) => setKey(currentTarget.value)}
              />
              <TextInput
                label={t('automation.sms.expects')}
                description={t('automation.sms.expectsText')}
                maxLength={200}
                value={draft.expects}
                onChange={({ currentTarget }) => set({ expects: currentTarget.value })}
              />
            </Group>
          </>
        )}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={isOn && draft.url.trim() === ''}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Test() {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const test = useMutation({
    mutationFn: () => api<{ isOk: boolean; message: string | null }>('POST', `${path}/test`, { to })
  })
  return (
    <form
      className="sheet"
      style={{ padding: '16px 20px 20px' }}
      onSubmit={(event) => {
        event.preventDefault()
        test.mutate()
      }}
    >
      <Text fw={620}>{t('automation.sms.test')}</Text>
      <Text c="dimmed" fz="sm" mb="sm">
        {t('automation.sms.testText')}
      </Text>
      <Group align="flex-end">
        <TextInput
          type="tel"
          label={t('automation.sms.testTo')}
          required
          style={{ flex: 1 }}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={test.isPending}>
          {t('automation.sms.testSend')}
        </Button>
      </Group>
      <div aria-live="polite">
        {test.isError && (
          <Alert color="rust" mt="sm">
            {explain(test.error)}
          </Alert>
        )}
        {test.data && (
          <Alert color={test.data.isOk ? 'pine' : 'rust'} mt="sm">
            {test.data.isOk
              ? t('automation.sms.testOk')
              : `${t('automation.sms.testBad')} ${test.data.message ?? ''}`}
          </Alert>
        )}
      </div>
    </form>
  )
}
