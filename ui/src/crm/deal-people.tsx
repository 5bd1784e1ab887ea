import { ActionIcon, Combobox, InputBase, Text, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { DealWithHistory } from '../../../api/contract/crm.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import styles from './crm.module.css'
import parts from './deal-parts.module.css'
import { useDealChanged } from './queries.ts'

interface Found {
  id: string
  name: string
  phones: string[]
}
const phoneOf = ({ phones }: Found): string => formatPhone(phones[0])

/** Who has a part in a deal: its client, and others whose calls come into it too. */
export function DealPeople({ deal, isReadOnly }: { deal: DealWithHistory; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const changed = useDealChanged()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 200)
  const box = useCombobox({ onDropdownClose: () => setTyped('') })
  const found = useQuery({
    queryKey: ['contacts', 'pick', search],
    queryFn: () => api<Page<Found>>('GET', `/api/contacts${query({ search: search || null, limit: 8 })}`),
    placeholderData: keepPreviousData,
    enabled: box.dropdownOpened
  })
  const fail = (error: unknown): void => toast('rust', explain(error))
  const own = useMutation({
    mutationFn: (contactId: string) => api<DealWithHistory>('PATCH', `/api/deals/${deal.id}`, { contactId }),
    onSuccess: changed,
    onError: fail
  })
  const others = useMutation({
    mutationFn: (contactIds: string[]) =>
      api<DealWithHistory>('PUT', `/api/deals/${deal.id}/contacts`, { contactIds }),
    onSuccess: changed,
    onError: fail
  })
  const ids = deal.contacts.map(({ id }) => id)
  const options = (found.data?.items ?? []).filter(({ id }) => id !== deal.contact?.id && !ids.includes(id))
  const choose = (id: string): void => {
    box.closeDropdown()
    if (deal.contact) others.mutate([...ids, id])
    else own.mutate(id)
  }
  return (
    <section data-testid="deal-people">
      <div className="eyebrow">{t('crm.people.title')}</div>
      <ul className={parts.rows}>
        {deal.contact && (
          <li>
            <span>
              <Link className={styles.link ?? ''} to={`/contacts/${deal.contact.id}`}>
                {deal.contact.name}
              </Link>{' '}
              <CallNumber number={deal.phone} name={deal.contact.name} contactId={deal.contact.id} />
            </span>
            <span className={parts.sub}>{t('crm.people.main')}</span>
          </li>
        )}
        {deal.contacts.map((person) => (
          <li key={person.id}>
            <span>
              <Link className={styles.link ?? ''} to={`/contacts/${person.id}`}>
                {person.name}
              </Link>{' '}
              <CallNumber number={person.phone} name={person.name} contactId={person.id} />
            </span>
            {!isReadOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('crm.people.remove', { name: person.name })}
                onClick={() => {
                  others.mutate(ids.filter((id) => id !== person.id))
                  toast('pine', t('crm.people.removed', { name: person.name }), 9000, {
                    label: t('crm.undo'),
                    run: () => others.mutate(ids)
                  })
                }}
              >
                <IconX size={15} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {!isReadOnly && (
        <Combobox store={box} onOptionSubmit={choose}>
          <Combobox.Target>
            <InputBase
              size="xs"
              aria-label={t('crm.people.add')}
              placeholder={t('crm.people.add')}
              value={typed}
              onFocus={() => box.openDropdown()}
              onBlur={() => box.closeDropdown()}
              onChange={(event) => {
                setTyped(event.currentTarget.value)
                box.openDropdown()
                box.updateSelectedOptionIndex()
              }}
              data-testid="people-search"
            />
          </Combobox.Target>
          <Combobox.Dropdown>
            <Combobox.Options>
              {options.map((each) => (
                <Combobox.Option key={each.id} value={each.id}>
                  {each.name}{' '}
                  <Text span c="dimmed" fz="xs" className="num">
                    {phoneOf(each) === each.name ? '' : phoneOf(each)}
                  </Text>
                </Combobox.Option>
              ))}
              {found.isSuccess && options.length === 0 && (
                <Combobox.Empty>{t('common.nothingFound')}</Combobox.Empty>
              )}
            </Combobox.Options>
          </Combobox.Dropdown>
        </Combobox>
      )}
    </section>
  )
}
