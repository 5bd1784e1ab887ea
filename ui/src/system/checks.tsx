import { Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SystemCheck } from '../../../api/contract/system.ts'
import styles from './system.module.css'
import { figures } from './words.ts'

const looks = {
  ok: { icon: IconCircleCheck, color: 'var(--mantine-color-pine-text)' },
  warning: { icon: IconAlertTriangle, color: 'var(--mantine-color-amber-text)' },
  failed: { icon: IconCircleX, color: 'var(--mantine-color-rust-text)' },
  unknown: { icon: IconHelpCircle, color: 'var(--mantine-color-dimmed)' }
} as const

/** Each part of the installation in a line: how it is, and what to do. */
export function Checks({ checks }: { checks: readonly SystemCheck[] }) {
  const { t } = useTranslation()
  return (
    <div className={`sheet ${styles.checks}`} role="list">
      {checks.map(({ name, state, reason, values, detail }) => {
        const { icon: Icon, color } = looks[state]
        // Which reasons a check has is known to the server; test/ui/system.test.ts compares.
        const said = t(`system.checks.${name}.${reason}` as 'system.checks.database.ok', figures(values))
        return (
          <div
            key={name}
            className={styles.check}
            role="listitem"
            data-testid={`check-${name}`}
            data-state={state}
          >
            <Icon
              size={19}
              color={color}
              className={styles.icon ?? ''}
              role="img"
              aria-label={t(`system.state.${state}`)}
            />
            <span className={styles.name}>{t(`system.checks.${name}.title`)}</span>
            <div>
              <Text fz="sm" {...(state === 'ok' || state === 'unknown' ? { c: 'dimmed' } : {})}>
                {said}
              </Text>
              {detail && state !== 'ok' && (
                <Text fz="xs" c="dimmed" lang="en">
                  {detail}
                </Text>
              )}
            </div>
          </div>
        )
      })}
    </div>
  )
}
