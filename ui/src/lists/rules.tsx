import { useTranslation } from 'react-i18next'
import type { CallerRules } from '../../../api/contract/callers.ts'
import { spamActions } from '../../../api/contract/words.ts'
import type { Prompt } from '../../../api/contract/media.ts'
import { useAll } from '../lib/lookups.ts'
import { SettingsForm } from '../settings/settings-form.tsx'

/** What becomes of calls from the spam list, what VIPs get, and what looks like spam. */
export function CallerRulesForm() {
  const { t } = useTranslation()
  const prompts = useAll<Prompt>('prompts').data ?? []
  return (
    <SettingsForm<CallerRules>
      title={t('callerLists.rules.title')}
      isPart
      text={t('callerLists.rules.text')}
      path="/api/caller-rules"
      method="PUT"
      parts={[
        {
          title: t('callerLists.kind.spam'),
          text: t('callerLists.rules.spamText'),
          fields: [
            {
              name: 'spam',
              label: t('callerLists.rules.spam'),
              type: 'select',
              options: spamActions.map((value) => ({ value, label: t(`callerLists.action.${value}`) }))
            },
            {
              name: 'spamSound',
              label: t('callerLists.rules.sound'),
              help: t('callerLists.rules.soundHelp'),
              type: 'select',
              canClear: true,
              placeholder: t('callerLists.rules.usualSound'),
              options: prompts.map(({ sound, name }) => ({ value: sound, label: name })),
              when: ({ spam }) => spam === 'announcement' || spam === 'voicemail'
            },
            {
              name: 'minCalls',
              label: t('callerLists.rules.minCalls'),
              help: t('callerLists.rules.minHelp'),
              type: 'number'
            },
            { name: 'minSeconds', label: t('callerLists.rules.minSeconds'), type: 'number' }
          ]
        },
        {
          title: t('callerLists.kind.vip'),
          fields: [
            {
              name: 'vipPriority',
              label: t('callerLists.rules.vipPriority'),
              help: t('callerLists.rules.vipHelp'),
              type: 'number'
            }
          ]
        }
      ]}
      toForm={(rules) => ({ ...rules })}
      toBody={(values) => values}
    />
  )
}
