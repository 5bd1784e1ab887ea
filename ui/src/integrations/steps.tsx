import { Alert, Anchor, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectorItem, ConnectorTest } from '../../../api/contract/connectors.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { Address } from './address.tsx'
import { Field } from './fields.tsx'
import styles from './integrations.module.css'
import type { FieldForm, StepForm } from './kinds/form.ts'
import { kindForms } from './kinds/kinds.ts'
import { explainTrouble, kindWord, wrongOf } from './words.ts'

function Step({
  number,
  title,
  text,
  children
}: {
  number: number
  title: string
  text: string | null
  children?: ReactNode
}) {
  return (
    <div className={styles.step}>
      <span className={styles.mark} aria-hidden>
        {number}
      </span>
      <div style={{ minWidth: 0 }}>
        <Text fw={620}>{title}</Text>
        {text !== null && (
          <Text c="dimmed" fz="sm">
            {text}
          </Text>
        )}
        {children}
      </div>
    </div>
  )
}

/** What a person does on the other side, and what they bring back. */
export function Steps({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const { steps } = kindForms[link.kind]
  return (
    <div className={`sheet ${styles.part}`} data-testid="connector-steps">
      {steps.map((step, index) => (
        <Step
          key={step.name}
          number={index + 1}
          title={kindWord(t, link.kind, `steps.${step.name}`) ?? step.name}
          text={kindWord(t, link.kind, `steps.${step.name}Text`)}
        >
          <Shown link={link} step={step} />
        </Step>
      ))}
    </div>
  )
}

function Shown({ link, step }: { link: ConnectorItem; step: StepForm }) {
  const { t } = useTranslation()
  const { steps, fields, addressTail = '' } = kindForms[link.kind]
  const wanted = fields.filter(({ at }) => at === 'keys')
  if (step.shows === 'address')
    return (
      <>
        <Address value={link.hookUrl + addressTail} />
        {!link.hookUrl.startsWith('https:') && (
          <Alert color="amber" p="xs" mt="xs">
            {t('integrations.steps.localAddress')}
          </Alert>
        )}
      </>
    )
  if (step.shows === 'keys')
    return <Keys link={link} fields={wanted} isLast={!steps.some(({ shows }) => shows === 'install')} />
  if (step.shows === 'files') return <Files link={link} />
  const secrets = wanted.filter((field) => field.type === 'secret' && field.isOptional !== true)
  if (step.shows === 'install' && secrets.every(({ name }) => link.keys.includes(name)))
    return (
      <Group gap="xs" mt={6}>
        <Loader size="xs" />
        <Text fz="sm">{t('integrations.steps.waiting', { system: kindWord(t, link.kind, 'name') })}</Text>
      </Group>
    )
  return null
}

/**
 * @param isLast nothing follows: what was brought is tried at once
 * @param isJoined the link works: what was brought is kept only where it works as well
 */
function Keys({
  link,
  fields,
  isLast,
  isJoined = false
}: {
  link: ConnectorItem
  fields: FieldForm[]
  isLast: boolean
  isJoined?: boolean
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const path = `/api/connectors/${link.id}`
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(
      fields.flatMap(({ name, type }) => (type === 'secret' ? [] : [[name, link.settings[name]] as const]))
    )
  )
  const pick = (isSecret: boolean): Record<string, unknown> =>
    Object.fromEntries(
      fields.flatMap(({ name, type }) =>
        (type === 'secret') === isSecret && values[name] !== undefined ? [[name, values[name]] as const] : []
      )
    )
  const save = useMutation({
    async mutationFn() {
      const settings = pick(false)
      const brought = {
        keys: pick(true),
        ...(Object.keys(settings).length > 0 && { settings: { ...link.settings, ...settings } })
      }
      if (isJoined) return api<ConnectorTest>('POST', `${path}/rejoin`, brought)
      await api('PATCH', path, brought)
      return isLast ? api<ConnectorTest>('POST', `${path}/test`, {}) : null
    },
    async onSuccess(answer) {
      // What was refused stays to be mended.
      if (answer?.isOk !== false) setValues(pick(false))
      await client.invalidateQueries({ queryKey: ['all', 'connectors'] })
    }
  })
  const wrong = fieldErrors(save.error)
  const secrets = fields.filter(({ type }) => type === 'secret')
  const isThere = secrets.length > 0 && secrets.every(({ name }) => link.keys.includes(name))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm" mt="xs">
        {fields.map((field) => (
          <Field
            key={field.name}
            kind={link.kind}
            field={isThere && field.type === 'secret' ? { ...field, isOptional: true } : field}
            link={link}
            value={values[field.name]}
            error={wrongOf(wrong, field)}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        <Group>
          <Button type="submit" variant="light" loading={save.isPending} data-testid="connector-save-keys">
            {t(isLast ? 'integrations.steps.saveAndCheck' : 'integrations.steps.saveKeys')}
          </Button>
          {isThere && (
            <Text fz="sm" data-testid="connector-keys-there">
              {t('integrations.steps.keysThere')}
            </Text>
          )}
        </Group>
      </Stack>
      <div aria-live="polite">
        {save.isError && (
          <Text c="rust" fz="sm" mt={6}>
            {explain(save.error)}
          </Text>
        )}
        {isJoined && save.data?.isOk === true && (
          <Alert color="pine" mt="xs" data-testid="connector-keys-taken">
            {t('integrations.keysTaken')}
          </Alert>
        )}
        {save.data?.isOk === false && (
          <Alert color="rust" mt="xs" data-testid="connector-test-answer">
            {explainTrouble(t, link.kind, save.data.code, save.data.message)}
          </Alert>
        )}
      </div>
    </form>
  )
}

/** Other keys or another address for a link that works: the keys have run out, the account has got another name. */
export function OtherKeys({ link }: { link: ConnectorItem }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const { fields } = kindForms[link.kind]
  const wanted = fields.filter(({ at, type, isAddress }) => isAddress ?? (at === 'keys' && type === 'secret'))
  if (wanted.length === 0) return null
  return (
    <div className={`sheet ${styles.part}`} data-testid="connector-other-keys">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {t(
              wanted.some(({ isAddress }) => isAddress)
                ? 'integrations.keysAndAddress'
                : 'integrations.otherKeys'
            )}
          </Title>
          <Text c="dimmed" fz="sm">
            {t('integrations.otherKeysText')}
          </Text>
        </div>
        {!isOpen && (
          <Button variant="default" onClick={() => setOpen(true)} data-testid="connector-change-keys">
            {t('integrations.changeKeys')}
          </Button>
        )}
      </Group>
      {isOpen && <Keys link={link} fields={wanted} isLast isJoined />}
    </div>
  )
}

/** Files that are made for this link. */
export function Files({ link }: { link: ConnectorItem }) {
  return (
    <Group mt={6}>
      {link.files.map((name) => (
        <Anchor key={name} href={`/api/connectors/${link.id}/files/${name}`} download={name}>
          {name}
        </Anchor>
      ))}
    </Group>
  )
}
