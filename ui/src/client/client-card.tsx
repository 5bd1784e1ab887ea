import '../styles/later.ts'
import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Contact } from '../../../api/contract/config.ts'
import { useCall } from '../call/queries.ts'
import { Responsible } from '../crm/responsible.tsx'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import styles from './client.module.css'
import { isOutside } from './known-name.ts'
import { Phones } from './phones.tsx'
import { Related } from './related.tsx'
import { SavedField } from './saved-field.tsx'
import { useClient, useClientChange } from './use-client.ts'

interface Known {
  contactId: string | null
  number: string | null
  /** What the line or an outside system calls them. */
  name: string | null
}

function Fields({ contact, known, canCall }: { contact: Contact | null; known: Known; canCall: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const users = useUsers()
  const { save, isOwn } = useClientChange(known.contactId, known.number)
  const isReadOnly = me.role === 'marketer'
  const owner = users.data?.find(({ id }) => id === contact?.ownerId)
  const setOwner = async (ownerId: string | null): Promise<void> => {
    const refused = await save('ownerId', { ownerId })
    if (refused !== null) toast('rust', refused)
  }
  // A contact that the line made by itself is called by its number: nobody has named it yet.
  const name = contact && !contact.name.startsWith('+') ? contact.name : ''
  return (
    <>
      <div className={styles.pair}>
        <SavedField
          label={t('client.name')}
          value={name}
          placeholder={known.name ?? t('client.namePlaceholder')}
          maxLength={200}
          isReadOnly={isReadOnly}
          check={(text) => (text === '' && name !== '' ? t('client.nameEmpty') : null)}
          onSave={(text) => save('name', { name: text })}
          isOwn={(value) => isOwn('name', value)}
          testId="client-name"
        />
        <SavedField
          label={t('client.company')}
          value={contact?.company ?? ''}
          placeholder={t('client.companyPlaceholder')}
          maxLength={200}
          isReadOnly={isReadOnly}
          onSave={(text) => save('company', { company: text || null })}
          isOwn={(value) => isOwn('company', value)}
          testId="client-company"
        />
      </div>
      <Phones
        phones={contact ? contact.phones : known.number === null ? [] : [known.number]}
        current={known.number}
        isReadOnly={isReadOnly}
        isNew={contact === null}
        canCall={canCall}
        onSave={(phones) => save('phones', { phones })}
      />
      <Responsible
        value={contact?.ownerId ? { id: contact.ownerId, name: owner?.name ?? '…' } : null}
        isReadOnly={isReadOnly}
        onChange={(ownerId) => inBackground(setOwner(ownerId))}
      />
      <SavedField
        label={t('client.note')}
        value={contact?.note ?? ''}
        placeholder={t('client.notePlaceholder')}
        maxLength={5000}
        isLong
        isReadOnly={isReadOnly}
        onSave={(text) => save('note', { note: text || null })}
        isOwn={(value) => isOwn('note', value)}
        testId="client-note"
      />
    </>
  )
}

function Card({ callId, known, canCall }: { callId: string; known: Known; canCall: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useClient(known.contactId, known.number)
  if (client.isPending) {
    return (
      <Stack gap={10} p={18}>
        <Skeleton height={20} width="55%" />
        <Skeleton height={64} />
        <Skeleton height={64} />
      </Stack>
    )
  }
  if (client.isError && client.data === undefined) {
    return (
      <Alert color="rust" m={14}>
        <Text fz="sm">{explain(client.error)}</Text>
        <Button size="compact-sm" variant="default" mt={8} onClick={() => inBackground(client.refetch())}>
          {t('common.retry')}
        </Button>
      </Alert>
    )
  }
  const contact = client.data ?? null
  return (
    <div className={styles.body}>
      <div className={styles.head}>
        <Text fw={620}>{t('client.title')}</Text>
        {contact === null && (
          <span className={styles.mark} data-tone="new" data-testid="client-new">
            {t('client.isNew')}
          </span>
        )}
      </div>
      <Fields key={contact?.id ?? 'new'} contact={contact} known={known} canCall={canCall} />
      <Related contact={contact} number={known.number} callId={callId} seesTasks={me.role !== 'marketer'} />
    </div>
  )
}

/** Who is on the line, editable where it stands: each field saves itself. Nothing until the journal has the call. */
export default function ClientCard({ callId, canCall }: { callId: string; canCall: boolean }) {
  const { t } = useTranslation()
  const call = useCall(callId)
  if (!call.data || call.data.direction === 'internal') return null
  const { contact, callerNumber, callerName } = call.data
  const number = callerNumber !== null && isOutside(callerNumber) ? callerNumber : null
  return (
    <section className="sheet" aria-label={t('client.title')} data-testid="client-card">
      {contact === null && number === null ? (
        <div className={styles.body}>
          <Text fw={620}>{t('client.title')}</Text>
          <Text fz="sm" c="dimmed">
            {callerNumber ? t('client.noNumber', { number: formatPhone(callerNumber) }) : t('client.hidden')}
          </Text>
        </div>
      ) : (
        <Card
          key={callId}
          callId={callId}
          known={{ contactId: contact?.id ?? null, number, name: callerName }}
          canCall={canCall}
        />
      )}
    </section>
  )
}
