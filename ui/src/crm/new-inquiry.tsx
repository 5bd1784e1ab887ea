import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InquiryWithEvents } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
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
    <Modal
      opened
      onClose={onClose}
      title={t('crm.add.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="new-inquiry"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <Text c="dimmed">{t('crm.add.text')}</Text>
          {save.isError && (
            <Alert color="rust" role="alert">
              {explain(save.error)}
            </Alert>
          )}
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
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={[name, phone, email].every((each) => each.trim() === '')}
            >
              {t('crm.add.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
