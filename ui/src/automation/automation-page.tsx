import '../styles/later.ts'
import { Tabs, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import type { AutomationRule } from '../../../api/contract/automation.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { useMe } from '../session/session.ts'
import { Manner } from './manner.tsx'
import { Rules } from './rules.tsx'
import { Runs } from './runs.tsx'
import { Sms, useSms } from './sms.tsx'

const tabs = ['rules', 'log', 'manner', 'sms'] as const

/** Settings → Automation: rules, what they did, and how they speak with clients. */
export default function AutomationPage() {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const { id } = useParams()
  const isAdmin = me.role === 'admin'
  const rules = useAll<AutomationRule>('automation-rules', true, 30_000)
  const sms = useSms(isAdmin)
  const shown = tabs.filter((name) => name !== 'sms' || isAdmin)
  const tab = shown.find((name) => name === id) ?? 'rules'
  return (
    <section>
      <Title order={1} size="h2">
        {t('automation.title')}
      </Title>
      <Text c="dimmed" maw={640} mb="md">
        {t('automation.about')}
      </Text>
      <Tabs
        value={tab}
        onChange={(next) => inBackground(navigate(`/settings/automation/${next ?? 'rules'}`))}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {shown.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`automation.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rules">
          <Rules query={rules} hasSms={sms.data ? sms.data.url !== null : null} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <Runs rules={rules.data ?? []} />
        </Tabs.Panel>
        <Tabs.Panel value="manner">
          <Manner isReadOnly={!isAdmin} />
        </Tabs.Panel>
        {isAdmin && (
          <Tabs.Panel value="sms">
            <Sms />
          </Tabs.Panel>
        )}
      </Tabs>
    </section>
  )
}
