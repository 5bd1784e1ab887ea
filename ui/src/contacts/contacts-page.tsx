import '../styles/later.ts'
import {
  ActionIcon,
  Button,
  Checkbox,
  Popover,
  Select,
  SegmentedControl,
  TextInput,
  Title,
  Tooltip
} from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import {
  IconAdjustments,
  IconColumns,
  IconFileUpload,
  IconPlus,
  IconSearch,
  IconUsersGroup
} from '@tabler/icons-react'
import { lazy, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { withTexts } from '../i18n/index.ts'
import { useUsers } from '../lib/lookups.ts'
import { Part } from '../lib/part.tsx'
import { useMe } from '../session/session.ts'
import { CompanyList } from './company-list.tsx'
import { ContactList } from './contact-list.tsx'
import styles from './contacts.module.css'
import { NewContact } from './new-contact.tsx'
import { useContactTags, useCustomFields } from './queries.ts'
import { columnNames, useColumns, useList } from './use-list.ts'

const FieldsDialog = lazy(withTexts(['contacts'], () => import('./fields-dialog.tsx')))
const ListExport = lazy(withTexts(['list-export'], () => import('../lib/list-export.tsx')))
const AllDuplicates = lazy(withTexts(['client', 'contacts'], () => import('./duplicates.tsx')))

type List = ReturnType<typeof useList>

function Search({ list }: { list: List }) {
  const { t } = useTranslation()
  const { filter, setFilter } = list
  const [search, setSearch] = useState(filter.search ?? '')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => setSearch(filter.search ?? ''), [filter.search])
  // Ready for whoever comes to look somebody up; not on a telephone, whose keyboard would cover the list.
  useEffect(() => {
    if (matchMedia('(min-width: 62em)').matches) field.current?.focus()
  }, [])
  const send = useDebouncedCallback((value: string) => setFilter({ search: value.trim() }), 150)
  const label = t(list.isCompanies ? 'contacts.searchCompany' : 'contacts.search')
  return (
    <TextInput
      ref={field}
      size="xs"
      className={styles.search ?? ''}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} />}
      value={search}
      onChange={(event) => {
        setSearch(event.currentTarget.value)
        send(event.currentTarget.value)
      }}
      data-testid="contact-search"
    />
  )
}

function Filters({ list }: { list: List }) {
  const { t } = useTranslation()
  const users = useUsers()
  const tags = useContactTags()
  const fields = useCustomFields('contacts').filter(({ kind }) => kind === 'choice' || kind === 'flag')
  const { filter, setFilter } = list
  return (
    <>
      <Select
        size="xs"
        w={150}
        aria-label={t('contacts.owner')}
        placeholder={t('contacts.anyOwner')}
        clearable
        searchable
        data={[
          { value: 'none', label: t('contacts.noOwner') },
          ...(users.data ?? [])
            .filter(({ role }) => role !== 'marketer')
            .map(({ id, name }) => ({ value: id, label: name }))
        ]}
        value={filter.ownerId ?? null}
        onChange={(ownerId) => setFilter({ ownerId })}
        data-testid="filter-owner"
      />
      {(tags.data?.items.length ?? 0) > 0 && (
        <Select
          size="xs"
          w={120}
          aria-label={t('contacts.tag')}
          placeholder={t('contacts.anyTag')}
          clearable
          searchable
          data={(tags.data?.items ?? []).map(({ name }) => name)}
          value={filter.tag ?? null}
          onChange={(tag) => setFilter({ tag })}
          data-testid="filter-tag"
        />
      )}
      {fields.slice(0, 3).map((field) => (
        <Select
          key={field.id}
          size="xs"
          w={120}
          aria-label={field.name}
          placeholder={field.name}
          clearable
          data={
            field.kind === 'flag'
              ? [
                  { value: `${field.id}:true`, label: `${field.name}: ${t('contacts.yes')}` },
                  { value: `${field.id}:false`, label: `${field.name}: ${t('contacts.no')}` }
                ]
              : field.choices.map((each) => ({ value: `${field.id}:${JSON.stringify(each)}`, label: each }))
          }
          value={filter.custom?.startsWith(field.id) ? filter.custom : null}
          onChange={(custom) => setFilter({ custom })}
        />
      ))}
    </>
  )
}

function ColumnChoice({ columns }: { columns: ReturnType<typeof useColumns> }) {
  const { t } = useTranslation()
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t('contacts.columns')}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t('contacts.columns')}
            data-testid="contact-columns"
          >
            <IconColumns size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        {columnNames.map((name) => (
          <Checkbox
            key={name}
            size="xs"
            py={4}
            label={t(`contacts.column.${name}`)}
            checked={columns.shown.includes(name)}
            onChange={() => columns.toggle(name)}
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}

/** Clients and companies: looked up as somebody types. */
export default function ContactsPage() {
  const { t } = useTranslation()
  const me = useMe()
  const list = useList()
  const columns = useColumns()
  const [opened, setOpened] = useState<'new' | 'fields' | 'duplicates' | null>(null)
  const isLead = me.role === 'admin' || me.role === 'supervisor'
  const close = (): void => setOpened(null)
  return (
    <main className="page">
      <div className={styles.head}>
        <Title order={1} size="h2">
          {t('contacts.title')}
        </Title>
        <SegmentedControl
          size="xs"
          mr="auto"
          aria-label={t('contacts.title')}
          value={list.isCompanies ? 'companies' : 'people'}
          onChange={list.setTab}
          data={[
            { value: 'people', label: t('contacts.people') },
            { value: 'companies', label: t('contacts.companies') }
          ]}
        />
        <Search list={list} />
        {!list.isCompanies && <Filters list={list} />}
        {!list.isCompanies && <ColumnChoice columns={columns} />}
        <Part>
          <ListExport
            list={list.isCompanies ? 'companies' : 'contacts'}
            filter={list.isCompanies ? { search: list.filter.search } : list.filter}
          />
        </Part>
        {isLead && !list.isCompanies && (
          <Tooltip label={t('contacts.duplicates')}>
            <ActionIcon
              variant="default"
              size={30}
              aria-label={t('contacts.duplicates')}
              onClick={() => setOpened('duplicates')}
              data-testid="all-duplicates"
            >
              <IconUsersGroup size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        {isLead && (
          <Tooltip label={t('contacts.import')}>
            <ActionIcon
              component={Link}
              to="/client-imports"
              variant="default"
              size={30}
              aria-label={t('contacts.import')}
              data-testid="import-clients"
            >
              <IconFileUpload size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        {me.role === 'admin' && (
          <Tooltip label={t('contacts.fields.title')}>
            <ActionIcon
              variant="default"
              size={30}
              aria-label={t('contacts.fields.title')}
              onClick={() => setOpened('fields')}
              data-testid="contact-fields"
            >
              <IconAdjustments size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        {me.role !== 'marketer' && (
          <Button
            size="xs"
            leftSection={<IconPlus size={15} />}
            onClick={() => setOpened('new')}
            data-testid="add-contact"
          >
            {t(list.isCompanies ? 'contacts.addCompany' : 'contacts.add')}
          </Button>
        )}
      </div>
      {list.isCompanies ? (
        <CompanyList list={list} />
      ) : (
        <ContactList list={list} columns={columns.shown} isSelectable={isLead} />
      )}
      {opened === 'new' && <NewContact isCompany={list.isCompanies} onClose={close} />}
      {opened === 'fields' && (
        <Part>
          <FieldsDialog onClose={close} />
        </Part>
      )}
      {opened === 'duplicates' && (
        <Part>
          <AllDuplicates onClose={close} />
        </Part>
      )}
    </main>
  )
}
