import { Button, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './call-card.module.css'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The same keys on the keyboard, in the row above the letters and beside them. */
export const digitKeys = (press: (digit: string) => void): Record<string, () => void> =>
  Object.fromEntries(
    digits.flatMap((digit) =>
      /\d/.test(digit)
        ? [`Digit${digit}`, `Numpad${digit}`].map((code) => [code, () => press(digit)])
        : [[digit, () => press(digit)]]
    )
  )

interface Props {
  keys?: readonly string[]
  pressed?: string
  onPress: (digit: string) => void
  /** A key after the others. */
  children?: ReactNode
}

/** Twelve keys: for menus of the other side, or to dial. */
export function Keypad({ keys = digits, pressed, onPress, children }: Props) {
  return (
    <div className={styles.keypadBox}>
      {pressed !== undefined && (
        <Text className="num" ta="center" h={24} fw={600} data-testid="pressed">
          {pressed}
        </Text>
      )}
      <div className={styles.keypad}>
        {keys.map((digit) => (
          <Button
            key={digit}
            variant="default"
            size="md"
            onClick={() => onPress(digit)}
            data-testid={`key-${digit}`}
          >
            {digit}
          </Button>
        ))}
        {children}
      </div>
    </div>
  )
}
