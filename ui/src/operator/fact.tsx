import type { ReactNode } from 'react'
import styles from './call-card.module.css'

/** One thing that is known of a call, under its name. */
export function Fact({ label, children, testId }: { label: string; children: ReactNode; testId?: string }) {
  return (
    <div className={styles.fact} data-testid={testId}>
      <div className="eyebrow">{label}</div>
      <div>{children}</div>
    </div>
  )
}
