import {
  ActionIcon,
  Alert,
  Autocomplete,
  Button,
  Group,
  Modal,
  NumberInput,
  Skeleton,
  Stack,
  Text,
  Textarea,
  TextInput
} from '@mantine/core'
import { IconPencil, IconPlus, IconTable, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { CurrencyRate } from '../../../api/contract/costs.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { fieldWord, type Fault } from '../lib/field-words.ts'
import { FormDialog } from '../lib/form-dialog.tsx'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { useToday } from '../reports/use-view.ts'
import styles from './costs.module.css'
import { Empty } from './costs-page.tsx'
import { dayText } from './money.ts'
import { useDoing, useRates, useRefresh, useUncounted } from './queries.ts'
import { rateProblem } from './rate-problem.ts'

interface Draft {
  id: string | null
  day: string
  currency: string
  rate: number | ''
}

/** What other currencies are worth, by day. */
export function RatesList() {
  const { t, i18n } = useTranslation()
  const [params, setParams] = useSearchParams()
  const { today } = useToday()
  const rates = useRates()
  const doing = useDoing()
  const company = useUncounted().data?.companyCurrency ?? 'RUB'
  const wanted = params.get('add')
  const [own, setOwn] = useState<Draft | null>(null)
  const [isPasting, setPasting] = useState(false)
  // The notice above sends people here with what is lacking.
  const asked =
    wanted === null
      ? null
      : { id: null, day: params.get('day') ?? today, currency: wanted, rate: '' as const }
  const draft = own ?? asked
  const close = () => {
    setOwn(null)
    setParams({}, { replace: true })
  }
  const rows = rates.data?.pages.flatMap((page) => page.items) ?? []
  const written = (rate: number) =>
    new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 8 }).format(rate)
  const add = () => setOwn({ id: null, day: today, currency: '', rate: '' })
  const buttons = (
    <>
      <Button variant="default" leftSection={<IconTable size={16} />} onClick={() => setPasting(true)}>
        {t('costRates.fromCsv')}
      </Button>
      <Button leftSection={<IconPlus size={16} />} onClick={add} data-testid="rate-add">
        {t('costRates.add')}
      </Button>
    </>
  )
  return (
    <>
      <div className={styles.tools}>
        <Text c="dimmed" fz="sm">
          {t('costRates.text', { currency: company })}
        </Text>
        {rows.length > 0 && (
          <Group gap={8} className={styles.push ?? ''}>
            {buttons}
          </Group>
        )}
      </div>
      <section className={`sheet ${styles.scroll}`}>
        {rates.isPending && (
          <Stack p="md" gap={14}>
            {[0, 1, 2].map((each) => (
              <Skeleton key={each} height={26} />
            ))}
          </Stack>
        )}
        {rates.isError && (
          <div className={styles.empty} role="alert">
            <Text mb="sm">{explain(rates.error)}</Text>
            <Button variant="default" onClick={() => inBackground(rates.refetch())}>
              {t('common.retry')}
            </Button>
          </div>
        )}
        {rates.isSuccess && rows.length === 0 && (
          <Empty title={t('costRates.emptyTitle')} text={t('costRates.emptyText', { currency: company })}>
            <Group justify="center" gap={8}>
              {buttons}
            </Group>
          </Empty>
        )}
        {rows.length > 0 && (
          <table className={styles.table}>
            <thead>
              <tr>
                <th>{t('costRates.day')}</th>
                <th>{t('costRates.currency')}</th>
                <th className={styles.right}>{t('costRates.rate')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.map((rate) => (
                <tr key={rate.id} data-testid="rate-row">
                  <td className="num">{dayText(rate.day)}</td>
                  <td>{rate.currency}</td>
                  <td className={styles.right}>{written(rate.rate)}</td>
                  <td className={styles.actions}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`${t('costRates.edit')}: ${rate.currency}, ${dayText(rate.day)}`}
                      onClick={() => setOwn(rate)}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t('costRates.remove', { currency: rate.currency, day: dayText(rate.day) })}
                      onClick={() =>
                        doing(() => api('DELETE', `/api/currency-rates/${rate.id}`), t('costRates.removed'), {
                          label: t('costs.undo'),
                          done: t('costs.undone'),
                          run: () => api('POST', '/api/currency-rates', bodyOf(rate))
                        })
                      }
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {rates.hasNextPage && (
          <div className={styles.more}>
            <Button variant="subtle" size="xs" onClick={() => inBackground(rates.fetchNextPage())}>
              {t('costs.more')}
            </Button>
          </div>
        )}
      </section>
      {draft && (
        <RateForm
          key={`${draft.id ?? ''} ${draft.currency}`}
          draft={draft}
          company={company}
          onClose={close}
        />
      )}
      {isPasting && <PasteRates onClose={() => setPasting(false)} />}
    </>
  )
}

const bodyOf = ({ day, currency, rate }: Pick<CurrencyRate, 'day' | 'currency' | 'rate'>) => ({
  ...{ day, currency, rate }
})

function RateForm({ draft, company, onClose }: { draft: Draft; company: string; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const refresh = useRefresh()
  const [day, setDay] = useState(draft.day)
  const [currency, setCurrency] = useState(draft.currency)
  const [rate, setRate] = useState<number | ''>(draft.rate)
  const save = useMutation({
    mutationFn: () => {
      const body = { day, currency, rate: Number(rate) }
      return draft.id === null
        ? api('POST', '/api/currency-rates', body)
        : api('PATCH', `/api/currency-rates/${draft.id}`, body)
    },
    onSuccess: async () => {
      await refresh()
      toast('pine', t('common.saved'))
      onClose()
    }
  })
  const errors = fieldErrors(save.error)
  return (
    <FormDialog
      title={t(draft.id === null ? 'costRates.add' : 'costRates.edit')}
      error={save.error}
      isBusy={save.isPending}
      saveLabel={t('common.save')}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      testId="rate-form"
      saveTestId="rate-save"
    >
      <Group grow align="flex-start">
        <TextInput
          type="date"
          label={t('costRates.day')}
          required
          value={day}
          error={errors['day']}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <Autocomplete
          label={t('costRates.currency')}
          required
          maxLength={3}
          data={['USD', 'EUR', 'KZT', 'BYN', 'RUB'].filter((each) => each !== company)}
          value={currency}
          error={errors['currency']}
          onChange={(value) => setCurrency(value.toUpperCase())}
          data-testid="rate-currency"
        />
      </Group>
      <NumberInput
        label={t('costRates.rate')}
        description={t('costRates.rateHelp', { currency: company, other: currency || 'USD' })}
        required
        hideControls
        min={0}
        max={1_000_000_000}
        decimalScale={8}
        decimalSeparator={i18n.language === 'ru' ? ',' : '.'}
        allowedDecimalSeparators={[',', '.']}
        value={rate}
        error={errors['rate']}
        onChange={(value) => setRate(typeof value === 'number' ? value : '')}
        data-autofocus
        data-testid="rate-value"
      />
    </FormDialog>
  )
}

function PasteRates({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const [csv, setCsv] = useState('')
  const bring = useMutation({
    mutationFn: () => api<{ added: number; changed: number }>('POST', '/api/currency-rates/import', { csv }),
    onSuccess: async (done) => {
      await refresh()
      toast('pine', t('costRates.csvDone', done))
      onClose()
    }
  })
  const said = (fault: Fault) => {
    const key = rateProblem(fault.code)
    return key === null ? fieldWord(fault) : t(key)
  }
  const faults = bring.error instanceof ApiError ? (bring.error.problem.errors ?? []) : []
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('costRates.fromCsv')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <Text c="dimmed" fz="sm">
          {t('costRates.csvText')}
        </Text>
        <Textarea
          aria-label={t('costRates.fromCsv')}
          autosize
          minRows={6}
          maxRows={14}
          ff="monospace"
          placeholder={'01.11.2026;USD;92,5\n02.11.2026;USD;92,8'}
          value={csv}
          onChange={(event) => setCsv(event.currentTarget.value)}
          data-autofocus
        />
        {bring.isError && (
          <Alert color="rust" role="alert">
            {faults.length > 0 ? t('costRates.csvFaulty') : explain(bring.error)}
            {faults.length > 0 && (
              <ul className={styles.problems} tabIndex={0} style={{ marginTop: 6 }}>
                {faults.map((fault) => (
                  <li key={fault.path}>
                    <b className="num">
                      {t('costImport.problemLine', { line: /\d+/.exec(fault.path)?.[0] ?? fault.path })}:{' '}
                    </b>
                    {said(fault)}
                  </li>
                ))}
              </ul>
            )}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button disabled={csv.trim() === ''} loading={bring.isPending} onClick={() => bring.mutate()}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
