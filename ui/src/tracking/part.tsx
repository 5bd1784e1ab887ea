import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './tracking.module.css'

/** A sheet with a heading. */
export function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className={`sheet ${styles.part}`}>
      <Text component="h3" fw={620} fz="md">
        {title}
      </Text>
      {text && (
        <Text c="dimmed" fz="sm" maw={620}>
          {text}
        </Text>
      )}
      <Stack gap="sm" mt="sm">
        {children}
      </Stack>
    </section>
  )
}
