import { Alert, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AutomationSettingsItem } from '../../../api/contract/automation.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'

const path = '/api/automation-settings'

/** How rules speak with clients: quiet hours, consent, the words of the link to refuse. */
export function Manner({ isReadOnly }: { isReadOnly: boolean }) {
  const query = useQuery({
    queryKey: ['automation-settings'],
    queryFn: () => api<AutomationSettingsItem>('GET', path)
  })
  if (query.isError)
    return (
      <Alert color="rust" role="alert">
        {explain(query.error)}
      </Alert>
    )
  return query.data ? <Fields first={query.data} isReadOnly={isReadOnly} /> : null
}

function Fields({ first, isReadOnly }: { first: AutomationSettingsItem; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [draft, setDraft] = useState(first)
  const set = (part: Partial<AutomationSettingsItem>): void => setDraft((old) => ({ ...old, ...part }))
  const save = useMutation({
    mutationFn: () => {
      const { quiet, onlyWithConsent, refuseWords } = draft
      return api<AutomationSettingsItem>('PUT', path, { quiet, onlyWithConsent, refuseWords })
    },
    onSuccess: (saved) => {
      client.setQueryData(['automation-settings'], saved)
      toast('pine', t('automation.manner.saved'))
    }
  })
  const { quiet } = draft
  return (
    <form
      className="sheet"
      style={{ maxWidth: 680, padding: '18px 20px 20px' }}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <fieldset disabled={isReadOnly} style={{ border: 0, margin: 0, padding: 0 }}>
        <Stack gap="md">
          {save.isError && (
            <Alert color="rust" role="alert">
              {explain(save.error)}
            </Alert>
          )}
          {!first.hasPublicAddress && <Alert color="amber">{t('automation.manner.noAddress')}</Alert>}
          <div>
            <Switch
              label={t('automation.manner.quiet')}
              description={t('automation.manner.quietText')}
              checked={quiet !== null}
              onChange={({ currentTarget }) =>
                set({ quiet: currentTarget.checked ? { from: '21:00', to: '09:00' } : null })
              }
            />
            {quiet && (
              <Group mt="xs" ml={52}>
                <TextInput
                  type="time"
                  label={t('automation.manner.from')}
                  value={quiet.from}
                  onChange={({ currentTarget: { value: from } }) => {
                    if (from !== '') set({ quiet: { ...quiet, from } })
                  }}
                />
                <TextInput
                  type="time"
                  label={t('automation.manner.to')}
                  value={quiet.to}
                  onChange={({ currentTarget: { value: to } }) => {
                    if (to !== '') set({ quiet: { ...quiet, to } })
                  }}
                />
              </Group>
            )}
          </div>
          <Switch
            label={t('automation.manner.consent')}
            description={t('automation.manner.consentText')}
            checked={draft.onlyWithConsent}
            onChange={({ currentTarget }) => set({ onlyWithConsent: currentTarget.checked })}
          />
          <TextInput
            label={t('automation.manner.refuseWords')}
            description={t('automation.manner.refuseText')}
            maxLength={60}
            required
            maw={320}
            value={draft.refuseWords}
            onChange={({ currentTarget }) => set({ refuseWords: currentTarget.value })}
          />
          {isReadOnly ? (
            <Text fz="sm" c="dimmed">
              {t('automation.onlyAdmins')}
            </Text>
          ) : (
            <Group>
              <Button type="submit" loading={save.isPending} disabled={draft.refuseWords.trim() === ''}>
                {t('common.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  )
}
