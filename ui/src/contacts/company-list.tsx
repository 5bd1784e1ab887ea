import { Badge, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { More, Refused, Waiting } from './found-states.tsx'
import styles from './contacts.module.css'
import { useCompanies } from './queries.ts'
import type { useList } from './use-list.ts'

/** Companies as a table; a press on a row opens the company. */
export function CompanyList({ list }: { list: ReturnType<typeof useList> }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const found = useCompanies({ search: list.filter.search })
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section
      className="sheet"
      style={{ overflowX: 'auto', opacity: found.isPlaceholderData ? 0.6 : 1 }}
      aria-label={t('contacts.companies')}
    >
      {found.isPending && <Waiting rows={4} />}
      {found.isError && <Refused found={found} />}
      {found.isSuccess && items.length === 0 && (
        <div className={styles.empty}>
          <Text fw={600}>{t(list.isNarrowed ? 'contacts.nothing' : 'contacts.company.empty')}</Text>
          <Text c="dimmed">{t('contacts.company.emptyText')}</Text>
        </div>
      )}
      {items.length > 0 && (
        <Table
          verticalSpacing={8}
          horizontalSpacing="md"
          highlightOnHover
          miw={620}
          data-testid="company-list"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('client.company')}</Table.Th>
              <Table.Th>{t('contacts.company.taxNumber')}</Table.Th>
              <Table.Th>{t('contacts.column.phones')}</Table.Th>
              <Table.Th>{t('contacts.column.tags')}</Table.Th>
              <Table.Th ta="right">{t('contacts.company.people')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((company) => (
              <Table.Tr
                key={company.id}
                className={styles.row ?? ''}
                onClick={() => inBackground(Promise.resolve(navigate(`/companies/${company.id}`)))}
                data-testid="company-row"
              >
                <Table.Td maw={300}>
                  <Link
                    to={`/companies/${company.id}`}
                    className={`cut ${styles.name}`}
                    onClick={(event) => event.stopPropagation()}
                  >
                    {company.name}
                  </Link>
                </Table.Td>
                <Table.Td className="num">{company.taxNumber ?? '–'}</Table.Td>
                <Table.Td className="num">{company.phones.map(formatPhone).join(', ') || '–'}</Table.Td>
                <Table.Td>
                  <span className={styles.tags}>
                    {company.tags.map((tag) => (
                      <Badge key={tag} variant="light" color="gray" radius="sm" tt="none" fw={560}>
                        {tag}
                      </Badge>
                    ))}
                  </span>
                </Table.Td>
                <Table.Td ta="right" className="num">
                  {company.contacts}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More found={found} />
    </section>
  )
}
