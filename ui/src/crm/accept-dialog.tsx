import { SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DealWithHistory } from '../../../api/contract/crm.ts'
import { api } from '../lib/api.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { AmountInput, amountOf } from './amount-input.tsx'
import { useCurrency, useInquiry, usePipelines } from './queries.ts'
import { useInquiryMoves, useTitle, type Movable } from './use-inquiry-moves.ts'

/** Makes a deal of an inquiry; with an open deal of the client it asks first whether to join that. */
export function AcceptDialog({ inquiry, onClose }: { inquiry: Movable; onClose: () => void }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const moves = useInquiryMoves()
  const full = useInquiry(inquiry.id)
  const pipelines = usePipelines()
  const currency = useCurrency()
  const [title, setTitle] = useState(titleOf(inquiry))
  const [amount, setAmount] = useState<number | string>('')
  const [pipelineId, setPipelineId] = useState<string | null>(null)
  const [wantsNew, setWantsNew] = useState(false)
  const open = full.data?.openDeal ?? null
  const joins = open !== null && !wantsNew
  const accept = useMutation({
    mutationFn: async () => {
      // Whoever is quicker than the answer waits for it; a question that comes up with it is theirs to answer first.
      if (full.data === undefined) {
        const { data } = await full.refetch({ cancelRefetch: false })
        if (data?.openDeal) return null
      }
      return api<DealWithHistory>('POST', `/api/inquiries/${inquiry.id}/accept`, {
        // Untouched, it stays as the inquiry is called.
        title: title === titleOf(inquiry) ? null : title.trim() || null,
        amount: amountOf(amount),
        pipelineId,
        isNewDeal: wantsNew
      })
    },
    onSuccess: (deal) => {
      if (deal === null) return
      moves.accepted(inquiry, deal)
      onClose()
    }
  })
  return (
    <FormDialog
      title={t('crm.acceptTo.title')}
      error={accept.error}
      isBusy={accept.isPending}
      saveLabel={t(joins ? 'crm.acceptTo.saveJoin' : 'crm.acceptTo.save')}
      onSubmit={() => accept.mutate()}
      onClose={onClose}
      testId="accept-dialog"
      saveTestId="accept-save"
    >
      {open && (
        <>
          <Text>{t('crm.acceptTo.open', { title: titleOf(open) })}</Text>
          <SegmentedControl
            value={wantsNew ? 'new' : 'join'}
            onChange={(value) => setWantsNew(value === 'new')}
            data={[
              { value: 'join', label: t('crm.acceptTo.join') },
              { value: 'new', label: t('crm.acceptTo.fresh') }
            ]}
          />
        </>
      )}
      {!joins && (
        <>
          <TextInput
            label={t('crm.title')}
            value={title}
            maxLength={300}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <AmountInput
            label={t('crm.acceptTo.amount')}
            value={amount}
            onChange={setAmount}
            currency={currency}
            autoFocus
            testId="accept-amount"
          />
          {(pipelines.data?.length ?? 0) > 1 && (
            <Select
              label={t('crm.acceptTo.pipeline')}
              data={(pipelines.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              value={pipelineId ?? pipelines.data?.[0]?.id ?? null}
              allowDeselect={false}
              onChange={setPipelineId}
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
