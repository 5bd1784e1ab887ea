import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { useMe } from '../session/session.ts'
import { useContactsChanged } from './queries.ts'

/** Writes down a client or a company by hand, and opens it. */
export function NewContact({ isCompany, onClose }: { isCompany: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const changed = useContactsChanged()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [email, setEmail] = useState('')
  const [company, setCompany] = useState('')
  const things = isCompany ? 'companies' : 'contacts'
  const listOf = (text: string): string[] => (text.trim() === '' ? [] : [text.trim()])
  const save = useMutation({
    mutationFn: () =>
      api<{ id: string }>('POST', `/api/${things}`, {
        name: name.trim() || phone.trim(),
        phones: listOf(phone),
        emails: listOf(email),
        ownerId: me.id,
        ...(!isCompany && { company: company.trim() || null })
      }),
    onSuccess: ({ id }) => {
      inBackground(changed())
      inBackground(Promise.resolve(navigate(`/${things}/${id}`)))
    }
  })
  const wrong = fieldErrors(save.error)
  return (
    <FormDialog
      title={t(isCompany ? 'contacts.addCompany' : 'contacts.add')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={name.trim() === '' && (isCompany || phone.trim() === '')}
      saveLabel={t('contacts.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="new-contact"
    >
      <TextInput
        label={t('client.name')}
        value={name}
        maxLength={200}
        error={wrong['name']}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('crm.phone')}
        type="tel"
        value={phone}
        maxLength={60}
        error={wrong['phones.0']}
        onChange={(event) => setPhone(event.currentTarget.value)}
      />
      <TextInput
        label={t('crm.email')}
        value={email}
        maxLength={200}
        error={wrong['emails.0']}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      {!isCompany && (
        <TextInput
          label={t('client.company')}
          value={company}
          maxLength={200}
          onChange={(event) => setCompany(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  )
}
