import { Button, Text } from '@mantine/core'
import styles from './call-card.module.css'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** Twelve keys: for menus of the other side, or to dial. */
export function Keypad({ pressed, onPress }: { pressed?: string; onPress: (digit: string) => void }) {
  return (
    <div className={styles.keypadBox}>
      {pressed !== undefined && (
        <Text className="num" ta="center" h={24} fw={600} data-testid="pressed">
          {pressed}
        </Text>
      )}
      <div className={styles.keypad}>
        {digits.map((digit) => (
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
      </div>
    </div>
  )
}
