import { Autocomplete, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AmountInput, amountOf } from './amount-input.tsx'
import { useLossReasons } from './queries.ts'
import type { DealMoves, Move } from './use-deal-moves.ts'
import { useTitle } from './use-inquiry-moves.ts'

/** Asks for what a last stage needs: the amount of a sale, or why there is none. */
function Dialog({ move, moves }: { move: Move; moves: DealMoves }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const { deal, to } = move
  const isWon = to.kind === 'won'
  const [amount, setAmount] = useState<number | string>(deal.amount === 0 ? '' : deal.amount)
  const reasons = useLossReasons()
  const [reason, setReason] = useState(deal.lostReason ?? '')
  return (
    <Modal
      opened
      onClose={moves.stopClosing}
      title={t(isWon ? 'crm.deal.winTitle' : 'crm.deal.loseTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      size="sm"
      data-testid="close-deal"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          moves.stopClosing()
          moves.put(move, isWon ? { amount: amountOf(amount) } : { lostReason: reason.trim() || null })
        }}
      >
        <Stack>
          <div>
            <Text fw={600}>{titleOf(deal)}</Text>
            <Text c="dimmed" fz="sm">
              {t(isWon ? 'crm.deal.winText' : 'crm.deal.loseText')}
            </Text>
          </div>
          {isWon ? (
            <AmountInput
              label={t('crm.deal.amount')}
              value={amount}
              onChange={setAmount}
              currency={deal.currency}
              autoFocus
              testId="win-amount"
            />
          ) : (
            <Autocomplete
              label={t('crm.deal.lostReason')}
              placeholder={t('crm.deal.reasonPlaceholder')}
              data={reasons.data?.names ?? []}
              value={reason}
              maxLength={300}
              onChange={setReason}
              openOnFocus
              data-autofocus
              data-testid="loss-reason"
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={moves.stopClosing}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color={isWon ? 'pine' : 'rust'} data-testid="close-deal-save">
              {t(isWon ? 'crm.deal.winSave' : 'crm.deal.loseSave')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** Shown while a deal is on its way to a last stage. */
export function CloseDeal({ moves }: { moves: DealMoves }) {
  return moves.closing && <Dialog key={moves.closing.deal.id} move={moves.closing} moves={moves} />
}
