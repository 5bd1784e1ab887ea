import { Button, Radio, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Contact } from '../../../api/contract/config.ts'
import type { Merged, MergeConflict } from '../../../api/contract/contacts.ts'
import { shownName } from '../client/use-client.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from './contacts.module.css'
import {
  useContacts,
  useContactsChanged,
  useCustomFields,
  useDuplicates,
  useMergePreview
} from './queries.ts'

type Choice = 'mine' | 'theirs' | 'both'
interface Candidate {
  id: string
  name: string
  company: string | null
  phones: readonly string[]
  emails: readonly string[]
}

/** Whom to join: those who may be the same first, else whoever is looked up. */
function Choose({ contact, onChoose }: { contact: Contact; onChoose: (id: string) => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [asked] = useDebouncedValue(search.trim(), 150)
  const twice = useDuplicates(contact.id, true)
  const found = useContacts({ search: asked || null })
  const all: Candidate[] = found.data?.pages[0]?.items ?? []
  const items: Candidate[] = asked === '' ? (twice.data?.items ?? []) : all
  const others = items.filter(({ id }) => id !== contact.id).slice(0, 8)
  return (
    <Stack gap={8}>
      <TextInput
        leftSection={<IconSearch size={15} />}
        aria-label={t('contacts.merge.find')}
        placeholder={t('contacts.merge.find')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-autofocus
        data-testid="merge-search"
      />
      {asked === '' && others.length > 0 && <div className={styles.label}>{t('contacts.merge.maybe')}</div>}
      {others.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t(asked === '' ? 'contacts.merge.hint' : 'contacts.nothing')}
        </Text>
      )}
      {others.map((each) => (
        <button
          key={each.id}
          type="button"
          className={styles.candidate}
          onClick={() => onChoose(each.id)}
          data-testid="merge-candidate"
        >
          <span className={styles.name}>{shownName(each)}</span>
          <span className={styles.sub}>
            {[each.company, ...each.phones.map(formatPhone), ...each.emails].filter(Boolean).join(' · ')}
          </span>
        </button>
      ))}
    </Stack>
  )
}

function Conflict(props: {
  of: MergeConflict
  value: Choice | undefined
  onChange: (value: Choice) => void
}) {
  const { t } = useTranslation()
  const fields = useCustomFields('contacts')
  const { field, mine, theirs } = props.of
  const label = field.startsWith('custom.')
    ? (fields.find(({ id }) => field === `custom.${id}`)?.name ?? field)
    : t(
        field === 'companyId'
          ? 'client.company'
          : field === 'ownerId'
            ? 'crm.responsible'
            : field === 'note'
              ? 'client.note'
              : 'client.name'
      )
  return (
    <Radio.Group
      label={label}
      value={props.value ?? null}
      onChange={(value) => props.onChange(value)}
      data-testid={`conflict-${field}`}
    >
      <Stack gap={4} mt={4}>
        <Radio value="mine" label={<span className={styles.words}>{mine}</span>} />
        <Radio value="theirs" label={<span className={styles.words}>{theirs}</span>} />
        {field === 'note' && <Radio value="both" label={t('contacts.merge.both')} />}
      </Stack>
    </Radio.Group>
  )
}

/** Makes two contacts one: whom, what stands where they differ, and what moves. */
export default function MergeDialog({
  contact,
  otherId,
  onClose
}: {
  contact: Contact
  otherId: string | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const changed = useContactsChanged()
  const [other, setOther] = useState(otherId)
  const [choices, setChoices] = useState<Record<string, Choice>>({})
  const preview = useMergePreview(contact.id, other)
  const undo = useMutation({
    mutationFn: (id: string) => api('POST', `/api/contact-merges/${id}/undo`),
    onSuccess: async () => {
      toast('pine', t('contacts.merge.undone'))
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  const merge = useMutation({
    mutationFn: () => api<Merged>('POST', `/api/contacts/${contact.id}/merge`, { otherId: other, choices }),
    onSuccess: ({ id, winnerId }) => {
      toast('pine', t('contacts.merge.done'), 15_000, { label: t('crm.undo'), run: () => undo.mutate(id) })
      onClose()
      inBackground(Promise.resolve(navigate(`/contacts/${winnerId}`)))
      inBackground(changed())
    }
  })
  const notSame = useMutation({
    mutationFn: () => api('POST', '/api/contact-duplicates/dismiss', { a: contact.id, b: other }),
    onSuccess: async () => {
      toast('pine', t('contacts.merge.keptApart'))
      onClose()
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  const seen = preview.data
  const isDecided = seen?.conflicts.every(({ field }) => choices[field] !== undefined) ?? false
  const moves = seen
    ? (['calls', 'inquiries', 'deals', 'tasks', 'notes', 'visitors'] as const).flatMap((name) =>
        seen.moves[name] > 0 ? [t(`contacts.merge.moves.${name}`, { count: seen.moves[name] })] : []
      )
    : []
  return (
    <FormDialog
      title={t('contacts.merge.title', { name: shownName(contact) })}
      error={merge.error ?? preview.error}
      isBusy={merge.isPending}
      isDisabled={!isDecided}
      saveLabel={t('contacts.merge.save')}
      onSubmit={() => merge.mutate()}
      onClose={onClose}
      testId="merge-dialog"
      saveTestId="merge-save"
      size="lg"
    >
      {other === null && <Choose contact={contact} onChoose={setOther} />}
      {other !== null && preview.isPending && <Skeleton height={120} />}
      {seen && (
        <Stack gap="md">
          <Text>{t('contacts.merge.text', { name: shownName(seen.other) })}</Text>
          {seen.conflicts.length > 0 && <Text fw={600}>{t('contacts.merge.conflicts')}</Text>}
          {seen.conflicts.map((each) => (
            <Conflict
              key={each.field}
              of={each}
              value={choices[each.field]}
              onChange={(value) => setChoices((old) => ({ ...old, [each.field]: value }))}
            />
          ))}
          <div>
            <div className={styles.label}>{t('contacts.merge.together')}</div>
            <div className={styles.words}>
              {[...seen.phones.map(formatPhone), ...seen.emails, ...seen.tags].join(' · ') || '–'}
            </div>
            {moves.length > 0 && <div className={styles.sub}>{moves.join(' · ')}</div>}
          </div>
          <Button
            variant="subtle"
            size="compact-sm"
            style={{ alignSelf: 'flex-start' }}
            loading={notSame.isPending}
            onClick={() => notSame.mutate()}
            data-testid="not-same"
          >
            {t('contacts.merge.notSame')}
          </Button>
        </Stack>
      )}
    </FormDialog>
  )
}
