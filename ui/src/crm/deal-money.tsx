import { ActionIcon, Button, Select, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DealWithHistory } from '../../../api/contract/crm.ts'
import type { DealPayment } from '../../../api/contract/deal-parts.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { AmountInput, amountOf } from './amount-input.tsx'
import styles from './crm.module.css'
import parts from './deal-parts.module.css'
import { dayText, money } from './money.ts'
import { useCrmChanged, useDealChanged } from './queries.ts'
import type { DealMoves } from './use-deal-moves.ts'

const currencies = ['RUB', 'USD', 'EUR', 'KZT', 'BYN', 'UZS', 'AMD', 'GEL', 'CNY', 'AED', 'TRY']
const undoMs = 9000

interface Props {
  deal: DealWithHistory
  moves: DealMoves
  isReadOnly: boolean
}

/** A field of money that is saved when it is left. */
function SavedAmount(props: {
  label: string
  value: number | null
  currency: string
  isReadOnly: boolean
  onSave: (value: number | null) => void
  testId: string
}) {
  const { value, onSave, ...rest } = props
  const [typed, setTyped] = useState<number | string>(value ?? '')
  useEffect(() => setTyped(value ?? ''), [value])
  return (
    <AmountInput
      {...rest}
      size="xs"
      value={typed}
      onChange={setTyped}
      onBlur={() => {
        const wanted = typed === '' ? null : amountOf(typed)
        if (wanted !== value) onSave(wanted)
      }}
    />
  )
}

/** The sum of a deal with what it costs, when it is expected, and what is to be done next. */
export function DealMoney({ deal, moves, isReadOnly }: Props) {
  const { t } = useTranslation()
  const save = (body: Record<string, unknown>): void => moves.save(deal.id, body)
  const hasLines = deal.lines.length > 0
  const ofLines = deal.lines.reduce((sum, { total }) => sum + Math.round(total * 100), 0) / 100
  const isTyped = hasLines && !deal.followsLines && ofLines !== deal.amount
  const margin = deal.cost === null ? null : deal.amount - deal.cost
  return (
    <>
      <div className={styles.two}>
        <SavedAmount
          label={t('crm.deal.amount')}
          value={deal.amount}
          currency={deal.currency}
          isReadOnly={isReadOnly}
          onSave={(amount) => save({ amount: amount ?? 0 })}
          testId="deal-amount"
        />
        <SavedAmount
          label={t('crm.money.cost')}
          value={deal.cost}
          currency={deal.currency}
          isReadOnly={isReadOnly || (hasLines && deal.followsLines)}
          onSave={(cost) => save({ cost })}
          testId="deal-cost"
        />
        <Select
          size="xs"
          label={t('crm.deal.currency')}
          data={[...new Set([deal.currency, ...currencies])]}
          value={deal.currency}
          allowDeselect={false}
          readOnly={isReadOnly}
          searchable
          onChange={(currency) => {
            if (currency !== null) save({ currency })
          }}
        />
        <TextInput
          size="xs"
          type="date"
          label={t('crm.money.expected')}
          value={deal.expectedAt ?? ''}
          readOnly={isReadOnly}
          onChange={(event) => save({ expectedAt: event.currentTarget.value || null })}
          data-testid="deal-expected"
        />
      </div>
      {(margin !== null || isTyped) && (
        <div className={parts.facts}>
          {margin !== null && (
            <span data-testid="deal-margin">
              {t('crm.money.margin')}: <b className="num">{money(margin, deal.currency)}</b>
              {deal.amount > 0 && ` (${Math.round((margin / deal.amount) * 100)} %)`}
            </span>
          )}
          {isTyped && (
            <span>
              {t('crm.money.typed', { sum: money(ofLines, deal.currency) })}{' '}
              {!isReadOnly && (
                <Button size="compact-xs" variant="subtle" onClick={() => save({ followsLines: true })}>
                  {t('crm.money.follow')}
                </Button>
              )}
            </span>
          )}
        </div>
      )}
    </>
  )
}

/** What was paid, and a way to mark more; a deal that is paid in full is won. */
export function DealPayments({ deal, moves, isReadOnly }: Props) {
  const { t } = useTranslation()
  const changed = useCrmChanged()
  const shown = useDealChanged()
  const left = Math.max(0, Math.round((deal.amount - deal.paid) * 100) / 100)
  const [isOpen, setOpen] = useState(false)
  const [amount, setAmount] = useState<number | string>('')
  const [paidOn, setPaidOn] = useState('')
  const fail = (error: unknown): void => toast('rust', explain(error))
  const remove = useMutation({
    mutationFn: ({ id, stageId }: { id: string; stageId?: string }) =>
      api('DELETE', `/api/deal-payments/${id}`).then(() => {
        if (stageId !== undefined) moves.save(deal.id, { stageId })
      }),
    onSuccess: changed,
    onError: fail
  })
  const mark = useMutation({
    mutationFn: () =>
      api<DealWithHistory>('POST', `/api/deals/${deal.id}/payments`, {
        amount: amountOf(amount),
        paidOn: paidOn || null
      }),
    onSuccess: async (after) => {
      setOpen(false)
      const known = new Set(deal.payments.map(({ id }) => id))
      const fresh = after.payments.find(({ id }) => !known.has(id))
      const isWon = after.stageId !== deal.stageId
      toast('pine', t(isWon ? 'crm.pay.won' : 'crm.pay.marked'), undoMs, {
        label: t('crm.undo'),
        run: () => {
          if (fresh) remove.mutate({ id: fresh.id, ...(isWon && { stageId: deal.stageId }) })
        }
      })
      await shown(after)
    },
    onError: fail
  })
  const again = useMutation({
    mutationFn: ({ amount: sum, paidOn: day, note }: DealPayment) =>
      api<DealWithHistory>('POST', `/api/deals/${deal.id}/payments`, { amount: sum, paidOn: day, note }),
    onSuccess: shown,
    onError: fail
  })
  if (isReadOnly && deal.payments.length === 0) return null
  return (
    <section data-testid="deal-payments">
      <div className="eyebrow">{t('crm.pay.title')}</div>
      {deal.paid > 0 && (
        <>
          <div className={parts.bar} aria-hidden>
            <span
              style={{ width: `${deal.amount > 0 ? Math.min(100, (deal.paid / deal.amount) * 100) : 100}%` }}
            />
          </div>
          <Text fz="sm">
            {t('crm.pay.of', {
              paid: money(deal.paid, deal.currency),
              amount: money(deal.amount, deal.currency)
            })}
          </Text>
          <ul className={parts.rows}>
            {deal.payments.map((payment) => (
              <li key={payment.id}>
                <span>
                  <b className="num">{money(payment.amount, deal.currency)}</b>{' '}
                  <span className={parts.sub}>
                    {[dayText(payment.paidOn), payment.by?.name, payment.note].filter(Boolean).join(' · ')}
                  </span>
                </span>
                {!isReadOnly && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={t('crm.pay.remove', { amount: money(payment.amount, deal.currency) })}
                    onClick={() => {
                      remove.mutate({ id: payment.id })
                      toast('pine', t('crm.pay.removed'), undoMs, {
                        label: t('crm.undo'),
                        run: () => again.mutate(payment)
                      })
                    }}
                  >
                    <IconX size={15} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {deal.payments.length === 0 && !isOpen && (
        <Text c="dimmed" fz="sm">
          {t('crm.pay.empty')}
        </Text>
      )}
      {!isReadOnly &&
        (isOpen ? (
          <form
            className={parts.inLine}
            onSubmit={(event) => {
              event.preventDefault()
              if (amountOf(amount) > 0) mark.mutate()
            }}
          >
            <AmountInput
              label={t('crm.deal.amount')}
              size="xs"
              value={amount}
              onChange={setAmount}
              currency={deal.currency}
              isFocused
              testId="pay-amount"
            />
            <TextInput
              size="xs"
              type="date"
              label={t('crm.pay.day')}
              value={paidOn}
              onChange={(event) => setPaidOn(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" loading={mark.isPending} data-testid="pay-save">
              {t('crm.pay.save')}
            </Button>
            <Button size="xs" variant="default" onClick={() => setOpen(false)}>
              {t('common.cancel')}
            </Button>
          </form>
        ) : (
          <Button
            size="xs"
            variant="default"
            w="fit-content"
            onClick={() => {
              setAmount(left > 0 ? left : '')
              setPaidOn('')
              setOpen(true)
            }}
            data-testid="pay-open"
          >
            {t('crm.pay.add')}
          </Button>
        ))}
    </section>
  )
}
