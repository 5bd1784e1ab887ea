import { Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InquiryWithEvents } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { useCrmChanged } from './queries.ts'

/** Writes an inquiry down by hand. */
export function NewInquiry({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useTranslation()
  const changed = useCrmChanged()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [email, setEmail] = useState('')
  const [note, setNote] = useState('')
  const text = (value: string): string | null => value.trim() || null
  const save = useMutation({
    mutationFn: () =>
      api<InquiryWithEvents>('POST', '/api/inquiries', {
        name: text(name),
        phone: text(phone),
        email: text(email),
        note: text(note)
      }),
    onSuccess: (inquiry) => {
      inBackground(changed())
      onMade(inquiry.id)
    }
  })
  const wrong = fieldErrors(save.error)
  return (
    <FormDialog
      title={t('crm.add.title')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={[name, phone, email].every((each) => each.trim() === '')}
      saveLabel={t('crm.add.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="new-inquiry"
    >
      <Text c="dimmed">{t('crm.add.text')}</Text>
      <TextInput
        label={t('crm.name')}
        value={name}
        maxLength={200}
        error={wrong['name'] ?? wrong['title']}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('crm.phone')}
        type="tel"
        value={phone}
        maxLength={60}
        error={wrong['phone']}
        onChange={(event) => setPhone(event.currentTarget.value)}
      />
      <TextInput
        label={t('crm.email')}
        value={email}
        maxLength={200}
        error={wrong['email']}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Textarea
        label={t('crm.note')}
        autosize
        minRows={2}
        maxLength={5000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
