import { Badge, Button, Checkbox, Table, Text } from '@mantine/core'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Contact } from '../../../api/contract/config.ts'
import { shownName } from '../client/use-client.ts'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useUsers } from '../lib/lookups.ts'
import { useKeys } from '../lib/use-keys.ts'
import { CallNumber } from '../operator/click-to-call.tsx'
import { useCurrentCall } from '../softphone/use-current-call.ts'
import { BulkBar } from './bulk-bar.tsx'
import { More, Refused, Waiting } from './found-states.tsx'
import styles from './contacts.module.css'
import { useContacts } from './queries.ts'
import type { ColumnName, useList } from './use-list.ts'

interface Props {
  list: ReturnType<typeof useList>
  columns: readonly ColumnName[]
  isSelectable: boolean
}

const whenOf = (at: string): string => (isToday(at) ? timeOfDay(at) : dayOf(at))

/** The first of several, and how many more there are. */
function First({ values }: { values: readonly string[] }) {
  if (values.length === 0) return <span className={styles.quiet}>–</span>
  return (
    <>
      {values[0]}
      {values.length > 1 && <span className={styles.sub}> +{values.length - 1}</span>}
    </>
  )
}

function useCells() {
  const users = useUsers()
  const cells: Record<ColumnName, (contact: Contact) => ReactNode> = {
    phones: ({ phones, name, id }) => (
      <span className={`num ${styles.phoneCell}`}>
        <First values={phones.map(formatPhone)} />
        <CallNumber number={phones[0] ?? null} name={name} contactId={id} />
      </span>
    ),
    emails: ({ emails }) => <First values={emails} />,
    company: ({ company, companyId }) =>
      company && companyId ? (
        <Link
          to={`/companies/${companyId}`}
          className={styles.link}
          onClick={(event) => event.stopPropagation()}
        >
          {company}
        </Link>
      ) : (
        <span className={styles.quiet}>–</span>
      ),
    tags: ({ tags }) => (
      <span className={styles.tags}>
        {tags.slice(0, 3).map((tag) => (
          <Badge key={tag} variant="light" color="gray" radius="sm" tt="none" fw={560}>
            {tag}
          </Badge>
        ))}
        {tags.length > 3 && <span className={styles.sub}>+{tags.length - 3}</span>}
      </span>
    ),
    owner: ({ ownerId }) =>
      users.data?.find(({ id }) => id === ownerId)?.name ?? <span className={styles.quiet}>–</span>,
    lastCall: ({ lastCallAt }) => (
      <span className="num">{lastCallAt ? whenOf(lastCallAt) : <span className={styles.quiet}>–</span>}</span>
    ),
    created: ({ createdAt }) => <span className="num">{dayOf(createdAt)}</span>
  }
  return cells
}

function Empty({ list }: { list: Props['list'] }) {
  const { t } = useTranslation()
  return (
    <div className={styles.empty} data-testid="contacts-empty">
      <Text fw={600}>{t(list.isNarrowed ? 'contacts.nothing' : 'contacts.empty')}</Text>
      {list.isNarrowed ? (
        <Button variant="default" mt="sm" onClick={list.reset}>
          {t('contacts.reset')}
        </Button>
      ) : (
        <Text c="dimmed">{t('contacts.emptyText')}</Text>
      )}
    </div>
  )
}

/** Clients as a table; a press on a row opens the client. */
export function ContactList({ list, columns, isSelectable }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const found = useContacts(list.filter)
  const items = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data])
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<string | null>(null)
  const cells = useCells()
  const open = (id: string): void => inBackground(Promise.resolve(navigate(`/contacts/${id}`)))
  const toggle = (id: string): void =>
    setPicked((old) => new Set(old.has(id) ? [...old].filter((each) => each !== id) : [...old, id]))
  const shownIds = items.map(({ id }) => id)
  const ids = shownIds.filter((id) => picked.has(id))
  const isBusy = useCurrentCall() !== null
  const at = shownIds.indexOf(chosen ?? '')
  const step = (by: number) =>
    isBusy ? undefined : () => setChosen(shownIds[at < 0 ? 0 : Math.max(0, at + by)] ?? chosen)
  useKeys({
    ArrowDown: step(1),
    ArrowUp: step(-1),
    Enter: isBusy || chosen === null ? undefined : () => open(chosen)
  })
  return (
    <>
      {ids.length > 0 && <BulkBar ids={ids} onDone={() => setPicked(new Set())} />}
      <section
        className="sheet"
        style={{ overflowX: 'auto', opacity: found.isPlaceholderData ? 0.6 : 1 }}
        aria-label={t('contacts.title')}
      >
        {found.isPending && <Waiting rows={6} />}
        {found.isError && <Refused found={found} />}
        {found.isSuccess && items.length === 0 && <Empty list={list} />}
        {items.length > 0 && (
          <Table
            verticalSpacing={7}
            horizontalSpacing="md"
            highlightOnHover
            miw={720}
            data-testid="contact-list"
          >
            <Table.Thead>
              <Table.Tr>
                {isSelectable && (
                  <Table.Th w={36}>
                    <Checkbox
                      size="xs"
                      aria-label={t('contacts.pickAll')}
                      checked={ids.length === items.length}
                      indeterminate={ids.length > 0 && ids.length < items.length}
                      onChange={() => setPicked(new Set(ids.length === items.length ? [] : shownIds))}
                    />
                  </Table.Th>
                )}
                <Table.Th>{t('client.name')}</Table.Th>
                {columns.map((name) => (
                  <Table.Th key={name}>{t(`contacts.column.${name}`)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((contact) => (
                <Table.Tr
                  key={contact.id}
                  className={styles.row ?? ''}
                  data-chosen={contact.id === chosen || undefined}
                  onClick={() => open(contact.id)}
                  data-testid="contact-row"
                >
                  {isSelectable && (
                    <Table.Td onClick={(event) => event.stopPropagation()}>
                      <Checkbox
                        size="xs"
                        aria-label={shownName(contact)}
                        checked={picked.has(contact.id)}
                        onChange={() => toggle(contact.id)}
                        data-testid="contact-pick"
                      />
                    </Table.Td>
                  )}
                  <Table.Td maw={260}>
                    <Link
                      to={`/contacts/${contact.id}`}
                      className={`cut ${styles.name}`}
                      onClick={(event) => event.stopPropagation()}
                    >
                      {shownName(contact)}
                    </Link>
                  </Table.Td>
                  {columns.map((name) => (
                    <Table.Td key={name} maw={220} className="cut">
                      {cells[name](contact)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        <More found={found} />
      </section>
    </>
  )
}
