import { Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { DialPolicyAnswer, DialPolicyBody, DoNotCallItem } from '../../../api/contract/dialling.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { countryName, dayOf, formatPhone } from '../lib/format.ts'
import { refusalWord } from '../lib/refusals.ts'
import { PhoneNumber } from '../operator/click-to-call.tsx'
import type { Field, Values } from './form-fields.tsx'
import { HoursInput, usualHours, type Hours } from './hours.tsx'
import { ResourceTable } from './resource-table.tsx'
import { SettingsForm } from './settings-form.tsx'

/** Asks the policy about one number, as if it were dialled now. */
function CheckNumber() {
  const { t } = useTranslation()
  const [number, setNumber] = useState('')
  const check = useMutation({
    mutationFn: () => api<DialPolicyAnswer>('POST', '/api/dial-policy/check', { number })
  })
  const answer = check.data
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    check.mutate()
  }
  return (
    <form
      onSubmit={onSubmit}
      className="sheet"
      style={{ marginBottom: 16, maxWidth: 680, padding: '16px 20px' }}
      data-testid="check-number"
    >
      <Text fw={620}>{t('setup.dial.check')}</Text>
      <Group mt={8} gap="sm" align="flex-start" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          value={number}
          placeholder="+7 495 123-45-67"
          aria-label={t('setup.dial.check')}
          onChange={(event) => {
            setNumber(event.currentTarget.value)
            check.reset()
          }}
          data-testid="check-input"
        />
        <Button type="submit" variant="default" disabled={number.trim().length < 2} loading={check.isPending}>
          {t('setup.dial.checkButton')}
        </Button>
      </Group>
      {check.isError && (
        <Alert color="rust" p="xs" mt={10}>
          {explain(check.error)}
        </Alert>
      )}
      {answer && (
        <Alert
          color={answer.allowed ? 'pine' : 'rust'}
          p="xs"
          mt={10}
          role="status"
          data-testid="check-answer"
          data-allowed={answer.allowed}
        >
          <b>
            {[formatPhone(answer.number), countryName(answer.country)].filter(Boolean).join(', ') || number}
          </b>
          {': '}
          {answer.allowed
            ? [
                t(answer.isEmergency ? 'setup.dial.emergency' : 'setup.dial.allowed'),
                answer.trunk && t('setup.dial.through', { trunk: answer.trunk.name }),
                answer.callerId && t('setup.dial.shows', { number: formatPhone(answer.callerId) })
              ]
                .filter(Boolean)
                .join(' ')
            : refusalWord(answer.reason ?? '')}
        </Alert>
      )}
    </form>
  )
}

const caps = [
  'userCallsPerDay',
  'userMinutesPerDay',
  'userConcurrent',
  'companyCallsPerDay',
  'companyMinutesPerDay',
  'allConcurrent'
] as const
const riskCaps = ['userCallsPerMinute', 'userCostlyMinutesPerDay', 'companyCostlyMinutesPerDay'] as const

/** What may be dialled: it is asked at every dial, whoever starts it. */
export function DialRulesSection() {
  const { t } = useTranslation()
  const number = (name: (typeof caps)[number]): Field => ({
    name,
    label: t(`setup.dial.caps.${name}`),
    type: 'number',
    placeholder: t('setup.noLimit')
  })
  return (
    <>
      <SettingsForm<DialPolicyBody>
        title={t('setup.dial.title')}
        text={t('setup.dial.text')}
        path="/api/dial-policy"
        method="PUT"
        parts={[
          {
            title: t('setup.dial.where'),
            fields: [
              {
                name: 'countries',
                label: t('setup.dial.countries'),
                type: 'tags',
                help: t('setup.dial.countriesHelp'),
                placeholder: 'RU'
              },
              {
                name: 'blockedPrefixes',
                label: t('setup.dial.blocked'),
                type: 'tags',
                help: t('setup.dial.blockedHelp'),
                placeholder: '+7809'
              },
              {
                name: 'allowedPrefixes',
                label: t('setup.dial.allowedPrefixes'),
                type: 'tags',
                help: t('setup.dial.allowedHelp'),
                placeholder: '+3706'
              },
              {
                name: 'homeCountry',
                label: t('setup.dial.home'),
                type: 'text',
                help: t('setup.dial.homeHelp')
              }
            ]
          },
          { title: t('setup.dial.limits'), text: t('setup.dial.limitsText'), fields: caps.map(number) },
          {
            title: t('guard.dial.title'),
            text: t('guard.dial.text'),
            fields: [
              ...[...riskCaps, 'stopAfterRefusals' as const].map((name): Field => ({
                name,
                label: t(`guard.dial.${name}`),
                type: 'number',
                placeholder: t('setup.noLimit')
              })),
              {
                name: 'costlyPrefixes',
                label: t('guard.dial.costly'),
                type: 'tags',
                help: t('guard.dial.costlyHelp'),
                placeholder: '+7800'
              },
              {
                name: 'alarmMails',
                label: t('guard.dial.mails'),
                type: 'tags',
                help: t('guard.dial.mailsHelp'),
                placeholder: 'security@example.com'
              }
            ]
          },
          {
            title: t('setup.dial.when'),
            fields: [{ name: 'isBound', label: t('setup.dial.onlyHours'), type: 'switch' }],
            more: (values, set) =>
              values['isBound'] === true && (
                <HoursInput value={values['hours'] as Hours} onChange={(hours) => set('hours', hours)} />
              )
          }
        ]}
        toForm={(policy): Values => ({
          countries: policy.countries,
          blockedPrefixes: policy.blockedPrefixes,
          allowedPrefixes: policy.allowedPrefixes,
          homeCountry: policy.homeCountry,
          ...policy.caps,
          stopAfterRefusals: policy.stopAfterRefusals,
          costlyPrefixes: policy.costlyPrefixes,
          alarmMails: policy.alarmMails,
          isBound: policy.hours !== null,
          hours: policy.hours ?? usualHours
        })}
        toBody={(values, before) => ({
          ...before,
          countries: upper(values['countries']),
          blockedPrefixes: values['blockedPrefixes'],
          allowedPrefixes: values['allowedPrefixes'],
          homeCountry: upper([values['homeCountry']])[0],
          caps: Object.fromEntries([...caps, ...riskCaps].map((name) => [name, values[name] ?? null])),
          stopAfterRefusals: values['stopAfterRefusals'] ?? null,
          costlyPrefixes: values['costlyPrefixes'],
          alarmMails: values['alarmMails'],
          hours: values['isBound'] === true ? values['hours'] : null
        })}
      />
      <div style={{ height: 20 }} />
      <CheckNumber />
    </>
  )
}

const upper = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((each) => String(each).trim().toUpperCase()) : []

/** Clients who asked not to be called: no list and no automatic callback does; a person is warned. */
export function DoNotCallSection() {
  const { t } = useTranslation()
  return (
    <ResourceTable<DoNotCallItem>
      things="do-not-call"
      title={t('setup.doNotCall.title')}
      text={t('setup.doNotCall.text')}
      addLabel={t('setup.doNotCall.add')}
      nameOf={(item) => formatPhone(item.phone)}
      isFixed
      columns={[
        {
          header: t('settings.numbers.one'),
          cell: (item) => <PhoneNumber number={item.phone} />
        },
        { header: t('setup.doNotCall.reason'), cell: (item) => item.reason ?? '–' },
        { header: t('setup.since'), cell: (item) => dayOf(item.createdAt) }
      ]}
      fields={() => [
        { name: 'phone', label: t('settings.numbers.one'), type: 'text', isRequired: true },
        { name: 'reason', label: t('setup.doNotCall.reason'), type: 'text' }
      ]}
      toForm={() => ({ phone: '', reason: '' })}
      toBody={({ reason, ...rest }) => ({ ...rest, reason: reason || null })}
    />
  )
}
