import { Tabs } from '@mantine/core'
import { Link } from 'react-router'
import { inBackground } from '../lib/in-background.ts'
import { useNavigate } from 'react-router'
import type { ReactNode } from 'react'
import styles from './tracking.module.css'

interface Props {
  /** Address of the thing; a tab is the part after it. */
  base: string
  tab: string
  tabs: readonly { name: string; label: string; content: () => ReactNode }[]
  label: string
}

/** Tabs that stand in the address: they can be linked to, and the browser's way back works. */
export function AddressTabs({ base, tab, tabs, label }: Props) {
  const navigate = useNavigate()
  return (
    <Tabs
      value={tab}
      onChange={(next) => next !== null && inBackground(navigate(`${base}/${next}`))}
      keepMounted={false}
    >
      <div className={styles.tabs}>
        <Tabs.List aria-label={label} mb="md">
          {tabs.map((one) => (
            <Tabs.Tab key={one.name} value={one.name} data-testid={`tab-${one.name}`}>
              {one.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </div>
      {tabs.map((one) => (
        <Tabs.Panel key={one.name} value={one.name}>
          {one.content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

/** The way back to the list. */
export function Back({ to, label }: { to: string; label: string }) {
  return (
    <Link to={to} className={styles.back ?? ''}>
      ← {label}
    </Link>
  )
}
