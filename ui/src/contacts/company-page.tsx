import '../styles/later.ts'
import { ActionIcon, Button, Menu, Skeleton, TagsInput, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconDots, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { Company } from '../../../api/contract/contacts.ts'
import { Phones } from '../client/phones.tsx'
import { SavedField } from '../client/saved-field.tsx'
import { shownName } from '../client/use-client.ts'
import { Responsible } from '../crm/responsible.tsx'
import { api, ApiError } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useMe } from '../session/session.ts'
import { Emails } from './contact-card.tsx'
import styles from './contacts.module.css'
import { CustomInputs } from './custom-fields.tsx'
import { useCompany, useContacts, useContactsChanged } from './queries.ts'

function People({ company }: { company: Company }) {
  const { t } = useTranslation()
  const found = useContacts({ companyId: company.id })
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={`sheet ${styles.card}`} aria-label={t('contacts.company.people')}>
      <Text fw={600}>{t('contacts.company.people')}</Text>
      {found.isSuccess && items.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t('contacts.company.nobody')}
        </Text>
      )}
      {items.map((contact) => (
        <div key={contact.id} className={styles.fieldRow} data-testid="company-contact">
          <span>
            <Link to={`/contacts/${contact.id}`} className={styles.name}>
              {shownName(contact)}
            </Link>
            <span className={`num ${styles.sub}`}>{contact.phones.map(formatPhone).join(' · ')}</span>
          </span>
          <CallNumber number={contact.phones[0] ?? null} name={contact.name} contactId={contact.id} />
        </div>
      ))}
      {found.hasNextPage && (
        <Button variant="subtle" size="xs" onClick={() => inBackground(found.fetchNextPage())}>
          {t('crm.more')}
        </Button>
      )}
    </section>
  )
}

function Card({ company }: { company: Company }) {
  const { t } = useTranslation()
  const me = useMe()
  const users = useUsers()
  const changed = useContactsChanged()
  const isReadOnly = me.role === 'marketer'
  const owner = users.data?.find(({ id }) => id === company.ownerId)
  const save = async (change: object): Promise<string | null> => {
    try {
      await api<Company>('PATCH', `/api/companies/${company.id}`, change)
      inBackground(changed())
      return null
    } catch (error) {
      return (error instanceof ApiError && Object.values(fieldErrors(error))[0]) || explain(error)
    }
  }
  const put = async (change: object): Promise<void> => {
    const refused = await save(change)
    if (refused !== null) toast('rust', refused)
  }
  return (
    <section className={`sheet ${styles.card}`} aria-label={company.name} data-testid="company-card">
      <SavedField
        label={t('client.company')}
        value={company.name}
        maxLength={200}
        isReadOnly={isReadOnly}
        check={(text) => (text === '' ? t('client.nameEmpty') : null)}
        onSave={(name) => save({ name })}
        testId="company-name"
      />
      <SavedField
        label={t('contacts.company.taxNumber')}
        value={company.taxNumber ?? ''}
        maxLength={40}
        isReadOnly={isReadOnly}
        onSave={(text) => save({ taxNumber: text || null })}
        testId="company-tax"
      />
      <SavedField
        label={t('contacts.company.website')}
        value={company.website ?? ''}
        maxLength={300}
        isReadOnly={isReadOnly}
        onSave={(text) => save({ website: text || null })}
        testId="company-website"
      />
      <Phones
        phones={company.phones}
        current={null}
        isReadOnly={isReadOnly}
        isNew={false}
        canCall={!isReadOnly}
        onSave={(phones) => save({ phones })}
      />
      <Emails emails={company.emails} isReadOnly={isReadOnly} onSave={(emails) => save({ emails })} />
      <Responsible
        value={company.ownerId ? { id: company.ownerId, name: owner?.name ?? '…' } : null}
        isReadOnly={isReadOnly}
        onChange={(ownerId) => inBackground(put({ ownerId }))}
      />
      <TagsInput
        size="xs"
        label={t('contacts.column.tags')}
        placeholder={company.tags.length === 0 ? t('contacts.addTag') : ''}
        readOnly={isReadOnly}
        maxTags={50}
        value={company.tags}
        onChange={(tags) => inBackground(put({ tags }))}
      />
      <CustomInputs
        things="companies"
        values={company.custom}
        isReadOnly={isReadOnly}
        onSave={(custom) => save({ custom })}
      />
      <SavedField
        label={t('client.note')}
        value={company.note ?? ''}
        maxLength={5000}
        isLong
        isReadOnly={isReadOnly}
        onSave={(text) => save({ note: text || null })}
        testId="company-note"
      />
    </section>
  )
}

/** Deletes the company and leaves its people; for a while it can be brought back with them. */
function Delete({ company }: { company: Company }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const changed = useContactsChanged()
  const back = useMutation({
    mutationFn: () => api('POST', `/api/deleted/${company.id}/restore`),
    onSuccess: async () => {
      await changed()
      await navigate(`/companies/${company.id}`)
    },
    onError: (error) => toast('rust', explain(error))
  })
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/companies/${company.id}`),
    onSuccess: async () => {
      toast('pine', t('contacts.company.deleted', { name: company.name }), 10_000, {
        label: t('crm.undo'),
        run: () => back.mutate()
      })
      await navigate('/contacts?tab=companies')
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={t('contacts.more')} data-testid="company-more">
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          color="rust"
          leftSection={<IconTrash size={15} />}
          onClick={() => remove.mutate()}
          data-testid="delete-company"
        >
          {t('contacts.company.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** A company: its fields, and who works there. */
export default function CompanyPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const company = useCompany(id)
  const me = useMe()
  const isLead = me.role === 'admin' || me.role === 'supervisor'
  return (
    <main className="page">
      <div className={styles.head}>
        <Link to="/contacts?tab=companies" className={styles.back} aria-label={t('contacts.companies')}>
          <IconArrowLeft size={18} />
        </Link>
        <Title order={1} size="h2" mr="auto" className={styles.title ?? ''}>
          {company.data?.name ?? t('client.company')}
        </Title>
        {company.data && isLead && <Delete company={company.data} />}
      </div>
      {company.isPending && <Skeleton height={360} radius="md" />}
      {company.isError && (
        <div className={styles.empty} role="alert">
          <Text mb="sm">{explain(company.error)}</Text>
          <Button variant="default" onClick={() => inBackground(company.refetch())}>
            {t('common.retry')}
          </Button>
        </div>
      )}
      {company.data && (
        <div className={styles.two}>
          <Card company={company.data} />
          <People company={company.data} />
        </div>
      )}
    </main>
  )
}
