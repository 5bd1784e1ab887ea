import type { ReactNode } from 'react'
import styles from './import.module.css'

/** A long table in a dialog: it scrolls on its own, by the keyboard too. */
export function Tall({ label, testId, children }: { label: string; testId?: string; children: ReactNode }) {
  return (
    <div className={styles.tall} role="group" tabIndex={0} aria-label={label} data-testid={testId}>
      {children}
    </div>
  )
}
