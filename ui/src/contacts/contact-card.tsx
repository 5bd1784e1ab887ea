import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Contact } from '../../../api/contract/config.ts'
import type { Consent } from '../../../api/contract/contacts.ts'
import { Phones } from '../client/phones.tsx'
import { SavedField } from '../client/saved-field.tsx'
import { useClientChange, type ClientChange, type ClientField } from '../client/use-client.ts'
import { Responsible } from '../crm/responsible.tsx'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { TagsField } from '../lib/tags-field.tsx'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { CustomInputs } from './custom-fields.tsx'
import styles from './contacts.module.css'
import { useConsents, useContactTags } from './queries.ts'

const consentKinds = ['processing', 'marketing', 'recording'] as const

interface EmailsProps {
  emails: readonly string[]
  isReadOnly: boolean
  onSave: (emails: string[]) => Promise<string | null>
}

/** Mails, each changed where it stands; the last line adds one. */
export function Emails({ emails, isReadOnly, onSave }: EmailsProps) {
  const { t } = useTranslation()
  const check = (text: string): string | null =>
    text === '' || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text) ? null : t('contacts.emailWrong')
  const save = async (email: string, text: string): Promise<string | null> =>
    onSave(emails.flatMap((each) => (each !== email ? [each] : text === '' ? [] : [text])))
  const remove = async (email: string): Promise<void> => {
    const refused = await save(email, '')
    if (refused !== null) toast('rust', refused)
  }
  return (
    <div className={styles.lines} role="group" aria-label={t('contacts.column.emails')}>
      <div className={styles.label}>{t('contacts.column.emails')}</div>
      {emails.map((email) => (
        <div key={email} className={styles.line}>
          <SavedField
            label={email}
            isBare
            value={email}
            maxLength={200}
            isReadOnly={isReadOnly}
            check={check}
            onSave={(text) => save(email, text)}
            testId="contact-email"
          />
          {!isReadOnly && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('contacts.removeEmail', { email })}
              onClick={() => inBackground(remove(email))}
            >
              <IconX size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!isReadOnly && emails.length < 20 && (
        <SavedField
          label={t('contacts.addEmail')}
          isBare
          isAdding
          value=""
          placeholder={t('contacts.addEmail')}
          maxLength={200}
          isReadOnly={false}
          check={check}
          onSave={(text) => onSave([...emails, text])}
          testId="contact-email-add"
        />
      )}
    </div>
  )
}

/** What the client has agreed to, with when and where from; each is given or taken back here. */
function Consents({ contactId, isReadOnly }: { contactId: string; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const found = useConsents(contactId)
  const [asked, setAsked] = useState<{ kind: Consent['kind']; isGiven: boolean } | null>(null)
  const [origin, setOrigin] = useState('')
  const say = useMutation({
    mutationFn: (body: object) => api<Consent>('POST', `/api/contacts/${contactId}/consents`, body),
    onSuccess: async () => {
      setAsked(null)
      setOrigin('')
      await client.invalidateQueries({ queryKey: ['contacts'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <div className={styles.lines} role="group" aria-label={t('contacts.consent.title')}>
      <div className={styles.label}>{t('contacts.consent.title')}</div>
      {consentKinds.map((kind) => {
        const last = found.data?.items.find((each) => each.kind === kind)
        const isGiven = last?.isGiven ?? false
        return (
          <div key={kind} className={styles.consent} data-given={isGiven || undefined}>
            <span>
              <span>{t(`contacts.consent.kind.${kind}`)}</span>
              <span className={styles.sub}>
                {last
                  ? `${t(isGiven ? 'contacts.consent.given' : 'contacts.consent.withdrawn')} · ${fullTime(last.at)} · ${last.origin}`
                  : t('contacts.consent.none')}
              </span>
            </span>
            {!isReadOnly && asked?.kind !== kind && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => setAsked({ kind, isGiven: !isGiven })}
                data-testid={`consent-${kind}`}
              >
                {t(isGiven ? 'contacts.consent.withdraw' : 'contacts.consent.give')}
              </Button>
            )}
          </div>
        )
      })}
      {asked && (
        <form
          className={styles.line}
          onSubmit={(event) => {
            event.preventDefault()
            say.mutate({ ...asked, origin })
          }}
        >
          <TextInput
            size="xs"
            label={t('contacts.consent.origin')}
            placeholder={t('contacts.consent.originPlaceholder')}
            value={origin}
            maxLength={300}
            autoFocus
            onChange={(event) => setOrigin(event.currentTarget.value)}
            data-testid="consent-origin"
          />
          <Group gap={6} mt={6}>
            <Button size="compact-sm" type="submit" loading={say.isPending} disabled={origin.trim() === ''}>
              {t('contacts.save')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => setAsked(null)}>
              {t('common.cancel')}
            </Button>
          </Group>
        </form>
      )}
    </div>
  )
}

/** The fields of a client; each saves itself. */
export function ContactCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const me = useMe()
  const users = useUsers()
  const tags = useContactTags()
  const { save, isOwn } = useClientChange(contact.id, null)
  const isReadOnly = me.role === 'marketer'
  const name = contact.name.startsWith('+') ? '' : contact.name
  const owner = users.data?.find(({ id }) => id === contact.ownerId)
  const put = async (field: ClientField, change: ClientChange): Promise<void> => {
    const refused = await save(field, change)
    if (refused !== null) toast('rust', refused)
  }
  return (
    <section className={`sheet ${styles.card}`} aria-label={t('client.title')} data-testid="contact-card">
      <SavedField
        label={t('client.name')}
        value={name}
        placeholder={t('client.namePlaceholder')}
        maxLength={200}
        isReadOnly={isReadOnly}
        check={(text) => (text === '' && name !== '' ? t('client.nameEmpty') : null)}
        onSave={(text) => save('name', { name: text })}
        isOwn={(value) => isOwn('name', value)}
        testId="contact-name"
      />
      <div>
        <SavedField
          label={t('client.company')}
          value={contact.company ?? ''}
          placeholder={t('client.companyPlaceholder')}
          maxLength={200}
          isReadOnly={isReadOnly}
          onSave={(text) => save('company', { company: text || null })}
          isOwn={(value) => isOwn('company', value)}
          testId="contact-company"
        />
        {contact.companyId && (
          <Link to={`/companies/${contact.companyId}`} className={`${styles.link} ${styles.sub}`}>
            {t('contacts.openCompany')}
          </Link>
        )}
      </div>
      <Phones
        phones={contact.phones}
        current={null}
        isReadOnly={isReadOnly}
        isNew={false}
        canCall={!isReadOnly}
        onSave={(phones) => save('phones', { phones })}
      />
      <Emails
        emails={contact.emails}
        isReadOnly={isReadOnly}
        onSave={(emails) => save('emails', { emails })}
      />
      {!isReadOnly && (
        <Link
          to={`/messages?contact=${contact.id}${contact.emails[0] ? `&to=${encodeURIComponent(contact.emails[0])}` : ''}`}
          className={`${styles.link} ${styles.sub}`}
          data-testid="contact-messages"
        >
          {t(contact.emails[0] ? 'contacts.writeMail' : 'contacts.conversations')}
        </Link>
      )}
      <Responsible
        value={contact.ownerId ? { id: contact.ownerId, name: owner?.name ?? '…' } : null}
        isReadOnly={isReadOnly}
        onChange={(ownerId) => inBackground(put('ownerId', { ownerId }))}
      />
      <TagsField
        size="xs"
        label={t('contacts.column.tags')}
        placeholder={contact.tags.length === 0 ? t('contacts.addTag') : ''}
        data={(tags.data?.items ?? []).map((each) => each.name)}
        maxTags={50}
        readOnly={isReadOnly}
        value={contact.tags}
        onChange={(next) => inBackground(put('tags', { tags: next }))}
        data-testid="contact-tags"
      />
      <CustomInputs
        things="contacts"
        values={contact.custom}
        isReadOnly={isReadOnly}
        onSave={(custom) => save('custom', { custom })}
      />
      <SavedField
        label={t('client.note')}
        value={contact.note ?? ''}
        placeholder={t('client.notePlaceholder')}
        maxLength={5000}
        isLong
        isReadOnly={isReadOnly}
        onSave={(text) => save('note', { note: text || null })}
        isOwn={(value) => isOwn('note', value)}
        testId="contact-note"
      />
      <Consents contactId={contact.id} isReadOnly={isReadOnly} />
      <Text fz="xs" c="dimmed">
        {t('contacts.since', { time: fullTime(contact.createdAt) })}
      </Text>
    </section>
  )
}
