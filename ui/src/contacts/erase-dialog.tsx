import { Checkbox, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Contact } from '../../../api/contract/config.ts'
import { api } from '../lib/api.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { toast } from '../lib/toast.tsx'

const parts = ['notes', 'messages', 'recordings'] as const

/** Erases a person for good: what goes by choice, and the name typed once more. */
export default function EraseDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [confirm, setConfirm] = useState('')
  const [wish, setWish] = useState({ notes: true, messages: true, recordings: true })
  const erase = useMutation({
    mutationFn: () => api('POST', `/api/contacts/${contact.id}/erase`, { ...wish, confirm }),
    onSuccess: async () => {
      toast('pine', t('contacts.erase.ordered'))
      onClose()
      await client.invalidateQueries({ queryKey: ['jobs'] })
    }
  })
  return (
    <FormDialog
      title={t('contacts.erase.title')}
      error={erase.error}
      isBusy={erase.isPending}
      isDisabled={confirm.trim() !== contact.name.trim()}
      saveLabel={t('contacts.erase.button')}
      onSubmit={() => erase.mutate()}
      onClose={onClose}
      testId="erase-contact"
    >
      <Text fz="sm">{t('contacts.erase.text')}</Text>
      {parts.map((part) => (
        <Checkbox
          key={part}
          label={t(`contacts.erase.${part}`)}
          checked={wish[part]}
          onChange={(event) => setWish({ ...wish, [part]: event.currentTarget.checked })}
        />
      ))}
      <TextInput
        label={t('contacts.erase.confirm', { name: contact.name })}
        value={confirm}
        onChange={(event) => setConfirm(event.currentTarget.value)}
        autoComplete="off"
        data-testid="erase-confirm"
      />
    </FormDialog>
  )
}
