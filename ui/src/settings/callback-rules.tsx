import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { callbackRulesNow } from '../../../api/contract/dialling.ts'
import { useAll } from '../lib/lookups.ts'
import { HoursInput, type Hours } from './hours.tsx'
import { SettingsForm } from './settings-form.tsx'

type Rules = z.infer<typeof callbackRulesNow>

/** How calls that are owed to clients are placed, and what becomes of missed ones. */
export function CallbackRulesSection() {
  const { t } = useTranslation()
  const groups = useAll<{ id: string; name: string }>('groups')
  return (
    <SettingsForm<Rules>
      title={t('setup.callbacks.title')}
      text={t('setup.callbacks.text')}
      path="/api/callback-settings"
      method="PUT"
      parts={[
        {
          title: t('setup.callbacks.missed'),
          text: t('setup.callbacks.missedText'),
          fields: [
            { name: 'isOn', label: t('setup.callbacks.auto'), type: 'switch' },
            {
              name: 'delaySeconds',
              label: t('setup.callbacks.delay'),
              type: 'number',
              help: t('setup.callbacks.delayHelp'),
              when: (values) => values['isOn'] === true
            },
            {
              name: 'maxPerDay',
              label: t('setup.callbacks.perDay'),
              type: 'number',
              when: (values) => values['isOn'] === true
            },
            { name: 'missedTaskMinutes', label: t('setup.callbacks.missedTask'), type: 'number' },
            { name: 'voicemailTaskMinutes', label: t('setup.callbacks.voicemailTask'), type: 'number' }
          ]
        },
        {
          title: t('setup.callbacks.attempts'),
          fields: [
            {
              name: 'groupId',
              label: t('setup.callbacks.group'),
              type: 'select',
              canClear: true,
              options: (groups.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
              help: t('setup.callbacks.groupHelp')
            },
            { name: 'maxAttempts', label: t('setup.callbacks.maxAttempts'), type: 'number' },
            {
              name: 'pausesMinutes',
              label: t('setup.callbacks.pauses'),
              type: 'tags',
              help: t('setup.callbacks.pausesHelp')
            },
            { name: 'ringSeconds', label: t('setup.callbacks.ring'), type: 'number' },
            { name: 'minTalkSeconds', label: t('setup.callbacks.minTalk'), type: 'number' },
            { name: 'isRecorded', label: t('setup.recorded'), type: 'switch' }
          ]
        },
        {
          title: t('setup.hours'),
          text: t('setup.callbacks.hoursText'),
          fields: [],
          more: (values, set) => (
            <HoursInput value={values['hours'] as Hours} onChange={(hours) => set('hours', hours)} />
          )
        }
      ]}
      toForm={({ autoCallback, pausesMinutes, revision: _, ...rest }) => ({
        ...rest,
        ...autoCallback,
        pausesMinutes: pausesMinutes.map(String)
      })}
      toBody={({ isOn, delaySeconds, maxPerDay, pausesMinutes, ...rest }, before) => ({
        ...before,
        ...rest,
        pausesMinutes: (pausesMinutes as string[]).map((each) => Number(each.replace(',', '.'))),
        autoCallback: { isOn, delaySeconds, maxPerDay }
      })}
    />
  )
}
