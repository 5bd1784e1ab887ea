import '../styles/later.ts'
import { Alert, Button, Menu, ActionIcon, Skeleton, Text, Title } from '@mantine/core'
import {
  IconArrowLeft,
  IconArrowsJoin2,
  IconDots,
  IconFileZip,
  IconTrash,
  IconUserX
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { Contact } from '../../../api/contract/config.ts'
import { shownName, useClient } from '../client/use-client.ts'
import { withTexts } from '../i18n/index.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { Part } from '../lib/part.tsx'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { ContactCard } from './contact-card.tsx'
import styles from './contacts.module.css'
import { useContactsChanged, useDuplicates } from './queries.ts'
import { Timeline } from './timeline.tsx'

const EraseDialog = lazy(withTexts(['contacts'], () => import('./erase-dialog.tsx')))
const MergeDialog = lazy(withTexts(['client', 'contacts', 'crm'], () => import('./merge-dialog.tsx')))

function Delete({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const changed = useContactsChanged()
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/contacts/${contact.id}`),
    onSuccess: () => {
      toast('pine', t('contacts.deleted', { name: shownName(contact) }))
      inBackground(Promise.resolve(navigate('/contacts')))
      inBackground(changed())
    }
  })
  return (
    <FormDialog
      title={t('contacts.delete')}
      error={remove.error}
      isBusy={remove.isPending}
      saveLabel={t('contacts.delete')}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
      testId="delete-contact"
    >
      <Text>{t('contacts.deleteText', { name: shownName(contact) })}</Text>
    </FormDialog>
  )
}

/** Says that the same client may be written down twice. */
function Twice({ contact, onMerge }: { contact: Contact; onMerge: (otherId: string) => void }) {
  const { t } = useTranslation()
  const found = useDuplicates(contact.id, true)
  const [first] = found.data?.items ?? []
  if (!first) return null
  return (
    <Alert color="amber" mb={12} data-testid="maybe-twice">
      <div className={styles.twice}>
        <span>
          {t('contacts.twice.text', {
            name: shownName(first),
            reasons: first.reasons.map((reason) => t(`contacts.reason.${reason}`)).join(', ')
          })}
        </span>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onMerge(first.id)}
          data-testid="look-at-twice"
        >
          {t('contacts.twice.look')}
        </Button>
      </div>
    </Alert>
  )
}

function Whole({ contact }: { contact: Contact }) {
  const { t } = useTranslation()
  const me = useMe()
  const [isMerging, setMerging] = useState<{ otherId: string | null } | null>(null)
  const [isDeleting, setDeleting] = useState(false)
  const [isErasing, setErasing] = useState(false)
  const client = useQueryClient()
  const archive = useMutation({
    mutationFn: () => api('POST', `/api/contacts/${contact.id}/export`),
    onSuccess: async () => {
      toast('pine', t('contacts.personOrdered'))
      await client.invalidateQueries({ queryKey: ['jobs'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const mayChange = me.role !== 'marketer'
  const isLead = me.role === 'admin' || me.role === 'supervisor'
  return (
    <>
      <div className={styles.head}>
        <Link to="/contacts" className={styles.back} aria-label={t('contacts.title')}>
          <IconArrowLeft size={18} />
        </Link>
        <Title order={1} size="h2" mr="auto" className={styles.title ?? ''} data-testid="contact-title">
          {shownName(contact)}
        </Title>
        {mayChange && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowsJoin2 size={15} />}
            onClick={() => setMerging({ otherId: null })}
            data-testid="merge"
          >
            {t('contacts.merge.button')}
          </Button>
        )}
        {isLead && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="default"
                size={30}
                aria-label={t('contacts.more')}
                data-testid="contact-more"
              >
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconFileZip size={15} />} onClick={() => archive.mutate()}>
                {t('contacts.person')}
              </Menu.Item>
              {me.role === 'admin' && (
                <Menu.Item
                  color="rust"
                  leftSection={<IconUserX size={15} />}
                  onClick={() => setErasing(true)}
                  data-testid="erase"
                >
                  {t('contacts.erase.menu')}
                </Menu.Item>
              )}
              <Menu.Item color="rust" leftSection={<IconTrash size={15} />} onClick={() => setDeleting(true)}>
                {t('contacts.delete')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {mayChange && <Twice contact={contact} onMerge={(otherId) => setMerging({ otherId })} />}
      <div className={styles.two}>
        <ContactCard contact={contact} />
        <Timeline contactId={contact.id} />
      </div>
      {isMerging && (
        <Part>
          <MergeDialog contact={contact} otherId={isMerging.otherId} onClose={() => setMerging(null)} />
        </Part>
      )}
      {isErasing && (
        <Part>
          <EraseDialog contact={contact} onClose={() => setErasing(false)} />
        </Part>
      )}
      {isDeleting && <Delete contact={contact} onClose={() => setDeleting(false)} />}
    </>
  )
}

/** A client: their fields, and everything that happened with them. */
export default function ContactPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const client = useClient(id, null)
  return (
    <main className="page">
      {client.isPending && (
        <div className={styles.two}>
          <Skeleton height={420} radius="md" />
          <Skeleton height={420} radius="md" />
        </div>
      )}
      {client.isError && client.data === undefined && (
        <div className={styles.empty} role="alert">
          <Text mb="sm">{explain(client.error)}</Text>
          <Button variant="default" onClick={() => inBackground(client.refetch())}>
            {t('common.retry')}
          </Button>
        </div>
      )}
      {client.data === null && (
        <div className={styles.empty}>
          <Text fw={600} mb="sm">
            {t('contacts.gone')}
          </Text>
          <Button component={Link} to="/contacts" variant="default">
            {t('contacts.title')}
          </Button>
        </div>
      )}
      {client.data && <Whole key={client.data.id} contact={client.data} />}
    </main>
  )
}
