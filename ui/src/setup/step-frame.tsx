import { Alert, Button, Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { explain } from '../lib/explain.ts'
import styles from './setup.module.css'

/** How a step goes on. */
export interface StepProps {
  /** To the next step; `done`: there is nothing left to do in this one. */
  onNext: (state: 'done' | 'skipped') => void
  onBack: (() => void) | null
}

interface Props extends StepProps {
  name: string
  title: string
  text: string
  children: ReactNode
  /** There is nothing left to do: it goes on instead of being skipped. */
  isDone: boolean
  /** What does the work of the step, in place of going on. Left out, the step is no form: it may hold one. */
  action?: { label: string; isBusy: boolean; isDisabled?: boolean; run: () => void } | null
  error?: unknown
}

/** One step: what it is about, its fields, and the ways on and back at the bottom. Enter does the work. */
export function StepFrame(props: Props) {
  const { t } = useTranslation()
  const { name, title, text, children, isDone, action, error, onNext, onBack } = props
  const Sheet = action === undefined ? 'section' : 'form'
  return (
    <Sheet
      className={`sheet ${styles.step}`}
      data-testid={`step-${name}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (action && action.isDisabled !== true) action.run()
      }}
    >
      <div>
        <Title order={2}>{title}</Title>
        <Text c="dimmed" mt={4} maw={620}>
          {text}
        </Text>
      </div>
      <div className={styles.body}>{children}</div>
      {error !== undefined && error !== null && (
        <Alert color="rust" role="alert" data-testid="step-error">
          {explain(error)}
        </Alert>
      )}
      <Group justify="space-between" className={styles.foot ?? ''}>
        {onBack ? (
          <Button variant="subtle" color="gray" onClick={onBack} data-testid="step-back">
            {t('wizard.back')}
          </Button>
        ) : (
          <span />
        )}
        <Group gap="xs" justify="flex-end" className={styles.ways ?? ''}>
          {!isDone && (
            <Button variant="default" onClick={() => onNext('skipped')} data-testid="step-skip">
              {t('wizard.skip')}
            </Button>
          )}
          {action && (
            <Button
              type="submit"
              loading={action.isBusy}
              disabled={action.isDisabled ?? false}
              data-testid="step-save"
            >
              {action.label}
            </Button>
          )}
          {isDone && !action && (
            <Button onClick={() => onNext('done')} data-testid="step-next">
              {t('wizard.next')}
            </Button>
          )}
        </Group>
      </Group>
    </Sheet>
  )
}
