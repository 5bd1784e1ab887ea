import { NumberInput, type NumberInputProps } from '@mantine/core'
import i18next from 'i18next'

interface Props {
  label?: string
  ariaLabel?: string
  value: number | string
  onChange: (value: number | string) => void
  onBlur?: () => void
  currency: string
  size?: NumberInputProps['size']
  isReadOnly?: boolean
  /** In a dialog: it has the focus first. */
  autoFocus?: boolean
  /** It has just appeared because somebody asked for it. */
  isFocused?: boolean
  testId?: string
}

/** The sign of a currency, such as ₽. */
const signOf = (currency: string): string =>
  new Intl.NumberFormat(i18next.language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
    .formatToParts(0)
    .find(({ type }) => type === 'currency')?.value ?? currency

/** Money, exact to the hundredth. */
export function AmountInput(props: Props) {
  const { label, ariaLabel, value, onChange, onBlur, currency, size, isReadOnly = false, testId } = props
  return (
    <NumberInput
      {...(label !== undefined && { label })}
      {...(ariaLabel !== undefined && { 'aria-label': ariaLabel })}
      {...(size !== undefined && { size })}
      {...(onBlur && { onBlur })}
      value={value}
      onChange={onChange}
      readOnly={isReadOnly}
      min={0}
      max={999_999_999_999.99}
      decimalScale={2}
      decimalSeparator={i18next.language === 'ru' ? ',' : '.'}
      allowedDecimalSeparators={['.', ',']}
      thousandSeparator={' '}
      allowNegative={false}
      hideControls
      rightSection={<span style={{ color: 'var(--mantine-color-dimmed)' }}>{signOf(currency)}</span>}
      data-autofocus={props.autoFocus}
      // A press on a button has just brought this field up.
      autoFocus={props.isFocused ?? false}
      data-testid={testId}
    />
  )
}

/** What was typed, as a number; nothing typed is zero. */
export const amountOf = (value: number | string): number => {
  const amount = typeof value === 'number' ? value : Number(value.replaceAll(/\s/g, '').replace(',', '.'))
  return Number.isFinite(amount) ? Math.round(amount * 100) / 100 : 0
}
