import { useTranslation } from 'react-i18next'
import type { OverloadSettings } from '../../../api/contract/overload.ts'
import { useAll } from '../lib/lookups.ts'
import { SettingsForm } from './settings-form.tsx'

/** What callers get when no more calls can be carried, or the controller is away. */
export default function OverloadSection() {
  const { t } = useTranslation()
  const groups = useAll<{ id: string; name: string }>('groups')
  return (
    <SettingsForm<OverloadSettings>
      title={t('overload.title')}
      text={t('overload.text')}
      path="/api/overload-settings"
      method="PUT"
      parts={[
        {
          title: t('overload.limits'),
          fields: [
            {
              name: 'maxCalls',
              label: t('overload.maxCalls'),
              help: t('overload.maxCallsHelp'),
              placeholder: t('overload.noLimit'),
              type: 'number'
            },
            {
              name: 'isAutomatic',
              label: t('overload.isAutomatic'),
              help: t('overload.isAutomaticHelp'),
              type: 'switch'
            }
          ]
        },
        {
          title: t('overload.beyond'),
          text: t('overload.beyondText'),
          fields: [
            {
              name: 'answer',
              label: t('overload.answer'),
              type: 'select',
              isRequired: true,
              options: (['message', 'group'] as const).map((value) => ({
                value,
                label: t(`overload.answers.${value}`)
              }))
            },
            {
              name: 'fallbackGroupId',
              label: t('overload.group'),
              help: t('overload.groupHelp'),
              type: 'select',
              placeholder: t('overload.noGroup'),
              canClear: true,
              options: (groups.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
            }
          ]
        }
      ]}
      toForm={(settings) => ({ ...settings })}
      toBody={({ maxCalls, fallbackGroupId, ...rest }) => ({
        ...rest,
        maxCalls: maxCalls === '' ? null : maxCalls,
        fallbackGroupId: fallbackGroupId === '' ? null : fallbackGroupId
      })}
    />
  )
}
