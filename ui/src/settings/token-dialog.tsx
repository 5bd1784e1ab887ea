import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { scopes, type Scope } from '../../../api/contract/settings-words.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { useUsers } from '../lib/lookups.ts'
import styles from './access.module.css'

type Split = Scope extends `${infer Area}:${infer Verb}` ? { area: Area; verb: Verb } : never

/** The words of a scope, by its area. */
export const splitScope = (scope: Scope): Split => {
  const [area, verb] = scope.split(':')
  return { area, verb } as Split
}

const areas = [...new Set(scopes.map((scope) => splitScope(scope).area))]
const ends = ['never', 'month', 'quarter', 'year'] as const
const days = { month: 30, quarter: 90, year: 365 } as const

/** Makes a token: whose rights, limited to what, until when. */
export function TokenDialog({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const users = useUsers()
  const [name, setName] = useState('')
  const [userId, setUserId] = useState<string | null>(null)
  const [isLimited, setLimited] = useState(true)
  const [given, setGiven] = useState<ReadonlySet<Scope>>(new Set())
  const [end, setEnd] = useState<(typeof ends)[number]>('year')
  const make = useMutation({
    mutationFn: () =>
      api<{ token: string }>('POST', '/api/tokens', {
        name,
        ...(userId !== null && { userId }),
        scopes: isLimited ? scopes.filter((scope) => given.has(scope)) : null,
        expiresAt: end === 'never' ? null : new Date(Date.now() + days[end] * 86_400_000).toISOString()
      }),
    onSuccess: async ({ token }) => {
      onMade(token)
      await client.invalidateQueries({ queryKey: ['all'] })
    }
  })
  const errors = fieldErrors(make.error)
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  const toggle = (scope: Scope): void => {
    const next = new Set(given)
    if (!next.delete(scope)) next.add(scope)
    setGiven(next)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('setup.tokens.add')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={onSubmit} data-testid="token-form">
        <Stack gap="sm">
          {make.isError && Object.keys(errors).length === 0 && (
            <Alert color="rust" role="alert">
              {explain(make.error)}
            </Alert>
          )}
          <TextInput
            label={t('settings.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={errors['name']}
            required
            data-testid="field-name"
          />
          <Group grow align="flex-start">
            <Select
              label={t('setup.tokens.rights')}
              description={t('setup.tokens.rightsHelp')}
              data={(users.data ?? []).map((user) => ({ value: user.id, label: user.name }))}
              value={userId}
              onChange={setUserId}
              clearable
              searchable
              inputWrapperOrder={['label', 'input', 'description']}
            />
            <Select
              label={t('scopes.expires')}
              data={ends.map((each) => ({ value: each, label: t(`scopes.ends.${each}`) }))}
              value={end}
              onChange={(value) => setEnd(ends.find((each) => each === value) ?? 'never')}
              allowDeselect={false}
            />
          </Group>
          <div>
            <Text fz="sm" fw={580} mb={6}>
              {t('scopes.access')}
            </Text>
            <SegmentedControl
              aria-label={t('scopes.access')}
              data={[
                { value: 'some', label: t('scopes.some') },
                { value: 'full', label: t('scopes.full') }
              ]}
              value={isLimited ? 'some' : 'full'}
              onChange={(value) => setLimited(value === 'some')}
              data-testid="scope-access"
            />
          </div>
          {!isLimited && <Text c="dimmed">{t('scopes.fullHelp')}</Text>}
          {isLimited && (
            <div className={styles.scopes}>
              {areas.map((area) => (
                <div key={area} className={styles.scope} role="group" aria-label={t(`scopes.area.${area}`)}>
                  <Text fz="sm">{t(`scopes.area.${area}`)}</Text>
                  <Group gap="md" wrap="nowrap">
                    {scopes
                      .filter((scope) => splitScope(scope).area === area)
                      .map((scope) => (
                        <Checkbox
                          key={scope}
                          size="sm"
                          label={t(`scopes.verb.${splitScope(scope).verb}`)}
                          checked={given.has(scope)}
                          onChange={() => toggle(scope)}
                          data-testid={`scope-${scope}`}
                        />
                      ))}
                  </Group>
                </div>
              ))}
            </div>
          )}
          <Group justify="flex-end" mt="sm">
            {isLimited && given.size === 0 && (
              <Text c="dimmed" fz="sm">
                {t('scopes.needed')}
              </Text>
            )}
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={make.isPending}
              disabled={isLimited && given.size === 0}
              data-testid="form-save"
            >
              {t('scopes.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
