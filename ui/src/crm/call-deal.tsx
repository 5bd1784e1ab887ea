import { Button, Group, Text } from '@mantine/core'
import { IconBriefcase, IconInbox, IconThumbDown, IconTrophy } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { JournalCallWithLegs } from '../../../api/contract/calls.ts'
import type { Deal, DealWithHistory, Inquiry } from '../../../api/contract/crm.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { AmountInput, amountOf } from './amount-input.tsx'
import { CloseDeal } from './close-deal.tsx'
import styles from './crm.module.css'
import { money } from './money.ts'
import { useCrmChanged, useCurrency, usePipelines } from './queries.ts'
import { StageBadge } from './stage-badge.tsx'
import { useDealMoves } from './use-deal-moves.ts'
import { useTitle } from './use-inquiry-moves.ts'

function DealLine({ deal, isReadOnly }: { deal: Deal; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const moves = useDealMoves()
  const pipelines = usePipelines()
  const stages = pipelines.data?.find(({ id }) => id === deal.pipelineId)?.stages ?? []
  const moveTo = (kind: 'won' | 'lost'): void => {
    const to = stages.find((stage) => stage.kind === kind)
    if (to) moves.move(deal, to)
  }
  return (
    <Group gap={10} data-testid="call-deal-line">
      <IconBriefcase size={17} aria-hidden />
      <Link className={styles.link ?? ''} to={`/deals?deal=${deal.id}`}>
        {titleOf(deal)}
      </Link>
      <Text fz="sm" className="num">
        {money(deal.amount, deal.currency)}
      </Text>
      <StageBadge stage={deal.stage} />
      {deal.stage.kind === 'open' && !isReadOnly && (
        <>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconTrophy size={15} />}
            onClick={() => moveTo('won')}
            data-testid="call-deal-won"
          >
            {t('crm.deal.won')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconThumbDown size={15} />}
            onClick={() => moveTo('lost')}
          >
            {t('crm.deal.lost')}
          </Button>
        </>
      )}
      <CloseDeal moves={moves} />
    </Group>
  )
}

/** A deal in two presses: open the field, write the amount. */
function Create({ callId }: { callId: string }) {
  const { t } = useTranslation()
  const changed = useCrmChanged()
  const currency = useCurrency()
  const [isOpen, setOpen] = useState(false)
  const [amount, setAmount] = useState<number | string>('')
  const [key] = useState(() => `ui-${Date.now()}-${Math.random()}`)
  const create = useMutation({
    mutationFn: () =>
      api<DealWithHistory>(
        'POST',
        '/api/deals',
        { callId, amount: amountOf(amount) },
        { 'idempotency-key': `${key}-${amount}` }
      ),
    onSuccess: () => {
      toast('pine', t('crm.ofCall.created'))
      inBackground(changed())
    },
    onError: (error) => toast('rust', explain(error))
  })
  if (!isOpen)
    return (
      <Button
        size="xs"
        w="fit-content"
        variant="light"
        leftSection={<IconBriefcase size={15} />}
        onClick={() => setOpen(true)}
        data-testid="call-deal-create"
      >
        {t('crm.ofCall.create')}
      </Button>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Group gap={8}>
        <AmountInput
          size="xs"
          ariaLabel={t('crm.ofCall.amount')}
          value={amount}
          onChange={setAmount}
          currency={currency}
          isFocused
          testId="call-deal-amount"
        />
        <Button type="submit" size="xs" loading={create.isPending} data-testid="call-deal-save">
          {t('crm.ofCall.save')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setOpen(false)}>
          {t('common.cancel')}
        </Button>
      </Group>
    </form>
  )
}

/** What a call has become: its inquiry and its deal, or the button that makes one. */
export function CallDeal({
  call
}: {
  call: Pick<JournalCallWithLegs, 'id' | 'direction' | 'isSpam' | 'endedAt'>
}) {
  const { t } = useTranslation()
  const me = useMe()
  const titleOf = useTitle()
  const path = query({ callId: call.id, limit: 5 })
  const isOn = call.direction !== 'internal'
  const inquiries = useQuery({
    queryKey: ['inquiries', 'of-call', call.id],
    queryFn: () => api<Page<Inquiry>>('GET', `/api/inquiries${path}`),
    enabled: isOn,
    // A call that has just ended gets its inquiry a moment later.
    refetchInterval: ({ state }) => (call.endedAt !== null && state.data?.items.length === 0 ? 5000 : false)
  })
  const deals = useQuery({
    queryKey: ['deals', 'of-call', call.id],
    queryFn: () => api<Page<Deal>>('GET', `/api/deals${path}`),
    enabled: isOn
  })
  const isReadOnly = me.role === 'marketer'
  if (!isOn || !inquiries.data || !deals.data) return null
  const shown = deals.data.items
  const [inquiry] = inquiries.data.items
  if (isReadOnly && shown.length === 0 && !inquiry) return null
  const isSpam = call.isSpam || inquiry?.state === 'spam'
  return (
    <section data-testid="call-deal">
      <div className="eyebrow">{t('crm.ofCall.title')}</div>
      {inquiry && (
        <Group gap={10}>
          <IconInbox size={17} aria-hidden />
          <Link
            className={styles.link ?? ''}
            to={`/inquiries?state=${inquiry.state}&inquiry=${inquiry.id}`}
            data-testid="call-inquiry"
          >
            {titleOf(inquiry)}
          </Link>
          <Text fz="sm" c="dimmed">
            {[t(`crm.stateOne.${inquiry.state}`), inquiry.responsible?.name].filter(Boolean).join(' · ')}
          </Text>
        </Group>
      )}
      {!inquiry && shown.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t('crm.ofCall.none')}
        </Text>
      )}
      {shown.map((deal) => (
        <DealLine key={deal.id} deal={deal} isReadOnly={isReadOnly} />
      ))}
      {shown.length === 0 && !isReadOnly && !isSpam && <Create callId={call.id} />}
    </section>
  )
}
