import { Alert, Anchor, Button, Group, Stack, Switch, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { Address } from './address.tsx'
import { Field } from './fields.tsx'
import styles from './integrations.module.css'
import { kindForms } from './kinds/kinds.ts'
import { Files } from './steps.tsx'
import { kindLines, kindWord, wrongOf } from './words.ts'

/** What a joined link sends and how: flags are saved at once, all else by the button. */
export function SettingsForm({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fields, hasOwner, hasAddress, addressTail = '', links = [] } = kindForms[link.kind]
  const [edited, setEdited] = useState<Record<string, unknown>>({})
  const change = useMutation({
    mutationFn: (body: Record<string, unknown>) => api('PATCH', `/api/connectors/${link.id}`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['all', 'connectors'] })
  })
  const shown = fields.filter(({ at, type }) => at === 'settings' && type !== 'secret')
  const isEdited = Object.keys(edited).length > 0
  const wrong = fieldErrors(change.error)
  const sends = kindLines(t, link.kind, 'sends')
  const put = (values: Record<string, unknown>): Record<string, unknown> => ({
    settings: { ...link.settings, ...values }
  })
  return (
    <form
      className={`sheet ${styles.part}`}
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate(put(edited), {
          onSuccess() {
            setEdited({})
            toast('pine', t('integrations.saved'))
          }
        })
      }}
    >
      <Title order={2} size="h4" mb="sm">
        {t('integrations.settings')}
      </Title>
      <Stack gap="sm">
        <Switch
          label={t('integrations.active')}
          checked={link.isActive}
          onChange={(event) => change.mutate({ isActive: event.currentTarget.checked })}
        />
        {shown.map((field) => (
          <Field
            key={field.name}
            kind={link.kind}
            field={field}
            link={link}
            value={field.name in edited ? edited[field.name] : link.settings[field.name]}
            error={wrongOf(wrong, field)}
            onChange={(value) => {
              if (field.type === 'flag') change.mutate(put({ [field.name]: value }))
              else setEdited((before) => ({ ...before, [field.name]: value }))
            }}
          />
        ))}
        {change.isError && (
          <Alert color="rust" role="alert">
            {explain(change.error)}
          </Alert>
        )}
        {isEdited && (
          <Button
            type="submit"
            style={{ alignSelf: 'flex-start' }}
            loading={change.isPending}
            data-testid="connector-save"
          >
            {t('integrations.save')}
          </Button>
        )}
      </Stack>
      {sends.length > 0 && (
        <>
          <Text fw={580} mt="md">
            {t('integrations.sends')}
          </Text>
          <ul className={styles.sends}>
            {sends.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      {links.length > 0 && (
        <Group mt={6}>
          {links.map(({ name, to }) => (
            <Anchor key={name} component={Link} to={to} fz="sm">
              {kindWord(t, link.kind, `links.${name}`)}
            </Anchor>
          ))}
        </Group>
      )}
      {link.files.length > 0 && (
        <>
          <Text fw={580} mt="md">
            {t('integrations.files')}
          </Text>
          <Files link={link} />
        </>
      )}
      {hasAddress && (
        <>
          <Text fw={580} mt="md">
            {t('integrations.hookTitle')}
          </Text>
          <Text c="dimmed" fz="sm">
            {t('integrations.hookText')}
          </Text>
          <Address value={link.hookUrl + addressTail} />
        </>
      )}
      {hasOwner && (
        <>
          <Text fw={580} mt="md">
            {t('integrations.ownerTitle')}
          </Text>
          <Text c="dimmed" fz="sm">
            {t('integrations.ownerText')}
          </Text>
          <Address value={link.ownerUrl} />
        </>
      )}
    </form>
  )
}
