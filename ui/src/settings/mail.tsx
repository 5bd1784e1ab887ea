import { Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { MailSettings, mailTestAnswer } from '../../../api/contract/mail.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { SettingsForm } from './settings-form.tsx'

type Tested = z.infer<typeof mailTestAnswer>

const securities = ['starttls', 'tls', 'none'] as const

/** The server through which reports leave, and a way to try it. */
export function MailSection() {
  const { t } = useTranslation()
  return (
    <>
      <SettingsForm<MailSettings>
        title={t('reportSettings.mail.title')}
        text={t('reportSettings.mail.text')}
        path="/api/mail-settings"
        method="PUT"
        parts={[
          {
            title: t('reportSettings.mail.server'),
            fields: [
              {
                name: 'host',
                label: t('reportSettings.mail.host'),
                type: 'text',
                isRequired: true,
                placeholder: 'smtp.example.com'
              },
              {
                name: 'security',
                label: t('reportSettings.mail.security'),
                type: 'select',
                options: securities.map((value) => ({
                  value,
                  label: t(`reportSettings.mail.securities.${value}`)
                }))
              },
              { name: 'port', label: t('reportSettings.mail.port'), type: 'number', isRequired: true }
            ]
          },
          {
            title: t('reportSettings.mail.account'),
            text: t('reportSettings.mail.accountText'),
            fields: [
              { name: 'user', label: t('reportSettings.mail.user'), type: 'text' },
              {
                name: 'password',
                label: t('reportSettings.mail.password'),
                type: 'password',
                help: t('reportSettings.mail.passwordHelp')
              },
              {
                name: 'from',
                label: t('reportSettings.mail.from'),
                type: 'text',
                isRequired: true,
                placeholder: 'Ringtrace <reports@example.com>'
              }
            ]
          }
        ]}
        toForm={({ host, port, security, user, from }) => ({
          host: host ?? '',
          port,
          security,
          user,
          password: '',
          from: from ?? ''
        })}
        // An empty field leaves the password as it is: it is never sent here, so it cannot be shown.
        toBody={({ password, ...rest }) => ({ ...rest, ...(password !== '' && { password }) })}
      />
      <TestMail />
    </>
  )
}

function TestMail() {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const test = useMutation({ mutationFn: () => api<Tested>('POST', '/api/mail-settings/test', { to }) })
  const said =
    test.data && !test.data.ok ? [test.data.message, test.data.detail].filter(Boolean).join(' — ') : ''
  return (
    <form
      className="sheet"
      style={{ marginTop: 16, maxWidth: 680, padding: '16px 20px 20px' }}
      onSubmit={(event) => {
        event.preventDefault()
        test.mutate()
      }}
      data-testid="mail-test"
    >
      <Text fw={620}>{t('reportSettings.mail.test')}</Text>
      <Text c="dimmed" fz="sm" mb="sm">
        {t('reportSettings.mail.testText')}
      </Text>
      <Group align="flex-end">
        <TextInput
          type="email"
          label={t('reportSettings.mail.testTo')}
          required
          style={{ flex: 1 }}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          data-testid="mail-test-to"
        />
        <Button type="submit" variant="default" loading={test.isPending} data-testid="mail-test-send">
          {t('reportSettings.mail.testSend')}
        </Button>
      </Group>
      <div aria-live="polite">
        {test.isError && (
          <Alert color="rust" mt="sm">
            {explain(test.error)}
          </Alert>
        )}
        {test.data && (
          <Alert color={test.data.ok ? 'pine' : 'rust'} mt="sm" data-testid="mail-test-answer">
            {test.data.ok
              ? t('reportSettings.mail.testOk')
              : `${t(`reportSettings.mail.reasons.${test.data.reason ?? 'other'}`)} ${said}`}
          </Alert>
        )}
      </div>
    </form>
  )
}
