import { Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DealWithHistory } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { fieldErrors } from '../lib/explain.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { AmountInput, amountOf } from './amount-input.tsx'
import { useCrmChanged, useCurrency } from './queries.ts'

interface Props {
  pipelineId: string | null
  onClose: () => void
  onMade: (id: string) => void
}

/** Opens a deal that came of no inquiry. */
export function NewDeal({ pipelineId, onClose, onMade }: Props) {
  const { t } = useTranslation()
  const changed = useCrmChanged()
  const currency = useCurrency()
  const [title, setTitle] = useState('')
  const [phone, setPhone] = useState('')
  const [amount, setAmount] = useState<number | string>('')
  const [key] = useState(() => `ui-${Date.now()}-${Math.random()}`)
  const save = useMutation({
    mutationFn: () =>
      api<DealWithHistory>(
        'POST',
        '/api/deals',
        { title: title.trim() || null, phone: phone.trim() || null, amount: amountOf(amount), pipelineId },
        { 'idempotency-key': `${key}-${title}-${phone}-${amount}` }
      ),
    onSuccess: (deal) => {
      inBackground(changed())
      onMade(deal.id)
    }
  })
  const wrong = fieldErrors(save.error)
  return (
    <FormDialog
      title={t('crm.deal.add')}
      error={save.error}
      isBusy={save.isPending}
      isDisabled={title.trim() === '' && phone.trim() === ''}
      saveLabel={t('crm.acceptTo.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="new-deal"
      saveTestId="new-deal-save"
    >
      <Text c="dimmed">{t('crm.deal.addText')}</Text>
      <TextInput
        label={t('crm.title')}
        value={title}
        maxLength={300}
        error={wrong['title']}
        onChange={(event) => setTitle(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('crm.phone')}
        type="tel"
        value={phone}
        maxLength={60}
        onChange={(event) => setPhone(event.currentTarget.value)}
      />
      <AmountInput label={t('crm.deal.amount')} value={amount} onChange={setAmount} currency={currency} />
    </FormDialog>
  )
}
