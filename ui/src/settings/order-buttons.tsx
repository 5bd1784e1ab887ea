import { ActionIcon } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './settings.module.css'

interface Props {
  name: string
  /** Null where it cannot go that way. */
  onUp: (() => void) | null
  onDown: (() => void) | null
  testId: string
}

/**
 * Moves a thing up or down its list. A button that leads nowhere keeps the focus, so that the keyboard is not lost at the
 * end of the list, nor while the order is saved.
 */
export function OrderButtons({ name, onUp, onDown, testId }: Props) {
  const { t } = useTranslation()
  const ways = [
    { way: 'up', label: t('settings.moveUp', { name }), icon: IconArrowUp, run: onUp },
    { way: 'down', label: t('settings.moveDown', { name }), icon: IconArrowDown, run: onDown }
  ]
  return ways.map(({ way, label, icon: Icon, run }) => (
    <ActionIcon
      key={way}
      variant="subtle"
      color="gray"
      size="sm"
      className={styles.move ?? ''}
      aria-label={label}
      {...(!run && { 'data-disabled': true, 'aria-disabled': true })}
      onClick={() => run?.()}
      data-testid={`${testId}-${way}`}
    >
      <Icon size={15} />
    </ActionIcon>
  ))
}
