import { ActionIcon, Button, NumberInput, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DealWithHistory } from '../../../api/contract/crm.ts'
import type { DealLine } from '../../../api/contract/deal-parts.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import styles from './deal-parts.module.css'
import { money } from './money.ts'
import { useDealChanged } from './queries.ts'

/** A line as it is typed: what a field holds may be no number yet. */
interface Draft {
  key: string
  name: string
  quantity: number | string
  price: number | string
  discount: number | string
  cost: number | string
}

const numbers = ['quantity', 'price', 'discount', 'cost'] as const
const limits = {
  quantity: { decimalScale: 3, max: 999_999_999 },
  price: { decimalScale: 2, max: 999_999_999_999.99 },
  discount: { decimalScale: 2, max: 100 },
  cost: { decimalScale: 2, max: 999_999_999_999.99 }
}
const undoMs = 9000

const draftOf = (line: DealLine): Draft => ({
  ...{ key: line.id, name: line.name, quantity: line.quantity, price: line.price },
  ...{ discount: line.discount, cost: line.cost ?? '' }
})
const numberOf = (value: number | string, otherwise: number): number =>
  value === '' ? otherwise : Number(value)
const bodyOf = (draft: Draft) => ({
  name: draft.name.trim(),
  quantity: numberOf(draft.quantity, 1) || 1,
  price: numberOf(draft.price, 0),
  discount: numberOf(draft.discount, 0),
  cost: draft.cost === '' ? null : Number(draft.cost)
})
const same = (a: readonly Draft[], b: readonly Draft[]): boolean =>
  JSON.stringify(a.map(bodyOf)) === JSON.stringify(b.map(bodyOf))

/** What is sold in a deal; a line is saved when it is left. */
export function DealLines({ deal, isReadOnly }: { deal: DealWithHistory; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const changed = useDealChanged()
  const [drafts, setDrafts] = useState(() => deal.lines.map(draftOf))
  const [nextKey, setNextKey] = useState(1)
  useEffect(() => {
    // What is being typed into a new line stays.
    setDrafts((old) => [...deal.lines.map(draftOf), ...old.filter(({ name }) => name.trim() === '')])
  }, [deal.lines])
  const save = useMutation({
    mutationFn: (lines: readonly Draft[]) =>
      api<DealWithHistory>('PUT', `/api/deals/${deal.id}/lines`, {
        lines: lines.map(bodyOf),
        // A sum that somebody typed stays theirs until they take it back.
        followsLines: deal.followsLines || deal.lines.length === 0
      }),
    onSuccess: changed,
    onError: (error) => toast('rust', explain(error))
  })
  const whole = (list: readonly Draft[]): Draft[] => list.filter(({ name }) => name.trim() !== '')
  const commit = (list: readonly Draft[]): void => {
    if (!same(whole(list), deal.lines.map(draftOf))) save.mutate(whole(list))
  }
  const set = (key: string, change: Partial<Draft>): void =>
    setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...change } : draft)))
  const remove = (draft: Draft): void => {
    const left = drafts.filter(({ key }) => key !== draft.key)
    const before = drafts
    setDrafts(left)
    if (draft.name.trim() === '') return
    commit(left)
    toast('pine', t('crm.lines.removed', { name: draft.name }), undoMs, {
      label: t('crm.undo'),
      run: () => save.mutate(whole(before))
    })
  }
  const add = (): void => {
    setDrafts([
      ...drafts,
      { key: `new-${nextKey}`, name: '', quantity: 1, price: '', discount: '', cost: '' }
    ])
    setNextKey(nextKey + 1)
  }
  if (isReadOnly && deal.lines.length === 0) return null
  return (
    <section data-testid="deal-lines">
      <div className="eyebrow">{t('crm.lines.title')}</div>
      {drafts.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t('crm.lines.empty')}
        </Text>
      )}
      {drafts.map((draft) => {
        const line = deal.lines.find(({ id }) => id === draft.key)
        return (
          <div
            key={draft.key}
            className={styles.line}
            data-testid="deal-line"
            onBlur={(event) => {
              if (!event.currentTarget.contains(event.relatedTarget)) commit(drafts)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit(drafts)
            }}
          >
            <TextInput
              size="xs"
              className={styles.lineName ?? ''}
              aria-label={t('crm.lines.name')}
              placeholder={t('crm.lines.name')}
              value={draft.name}
              maxLength={300}
              readOnly={isReadOnly}
              autoFocus={draft.key.startsWith('new-')}
              onChange={(event) => set(draft.key, { name: event.currentTarget.value })}
              data-testid="line-name"
            />
            <span className={`num ${styles.lineTotal}`}>{line ? money(line.total, deal.currency) : ''}</span>
            {isReadOnly ? (
              <span />
            ) : (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('crm.lines.remove', { name: draft.name })}
                onClick={() => remove(draft)}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
            <div className={styles.lineNumbers}>
              {numbers.map((name) => (
                <NumberInput
                  key={name}
                  size="xs"
                  label={t(`crm.lines.${name}`)}
                  value={draft[name]}
                  onChange={(value) => set(draft.key, { [name]: value })}
                  {...limits[name]}
                  min={0}
                  allowNegative={false}
                  decimalSeparator={i18next.language === 'ru' ? ',' : '.'}
                  allowedDecimalSeparators={['.', ',']}
                  thousandSeparator={' '}
                  hideControls
                  readOnly={isReadOnly}
                  {...(name === 'discount' && { rightSection: '%' })}
                  data-testid={`line-${name}`}
                />
              ))}
            </div>
          </div>
        )
      })}
      {!isReadOnly && (
        <Button
          size="xs"
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={15} />}
          onClick={add}
          data-testid="line-add"
        >
          {t('crm.lines.add')}
        </Button>
      )}
    </section>
  )
}
