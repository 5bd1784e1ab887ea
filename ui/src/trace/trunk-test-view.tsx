import { Button, Loader, Skeleton, Text } from '@mantine/core'
import { IconCheck, IconMinus, IconPlugConnected, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TrunkTest } from '../../../api/contract/sip-trace.ts'
import { explain } from '../lib/explain.ts'
import { timeOfDay } from '../lib/format.ts'
import { Findings } from './findings.tsx'
import { Ladder, type Marked } from './ladder.tsx'
import { useStartTest, useTrunkTrace } from './queries.ts'
import styles from './trace.module.css'

const names = ['settings', 'address', 'options', 'register'] as const

/** The test of one trunk: a button, its steps, what they found, and every message. */
export default function TrunkTestView({ trunkId }: { trunkId: string }) {
  const { t } = useTranslation()
  const trace = useTrunkTrace(trunkId)
  const start = useStartTest(trunkId)
  if (trace.isPending) return <Skeleton height={120} />
  if (trace.isError) return <Text role="alert">{explain(trace.error)}</Text>
  const { test, isListening } = trace.data
  const isRunning = test?.state === 'running'
  if (!isListening)
    return (
      <Text c="dimmed" fz="sm">
        {t('sipTrace.deaf')}
      </Text>
    )
  return (
    <div className={styles.test} data-testid="trunk-test" data-state={test?.state ?? 'none'}>
      <div className={styles.testHead}>
        <Button
          variant={test ? 'default' : 'filled'}
          leftSection={isRunning ? <Loader size={14} /> : <IconPlugConnected size={16} />}
          onClick={() => start.mutate()}
          disabled={isRunning || start.isPending}
          data-testid="start-trunk-test"
        >
          {t(isRunning ? 'sipTrace.test.running' : test ? 'sipTrace.test.again' : 'sipTrace.test.start')}
        </Button>
        <Text c="dimmed" fz="sm">
          {test ? t('sipTrace.test.at', { time: timeOfDay(test.startedAt) }) : t('sipTrace.test.about')}
        </Text>
      </div>
      {start.isError && (
        <Text c="rust" fz="sm" role="alert">
          {explain(start.error)}
        </Text>
      )}
      {test && <Result test={test} />}
    </div>
  )
}

function Result({ test }: { test: TrunkTest }) {
  const { t } = useTranslation()
  const [marked, setMarked] = useState<Marked | null>(null)
  const { ladder, problem, state } = test
  return (
    <>
      <ol className={styles.steps} aria-label={t('sipTrace.test.steps')}>
        {names
          .filter((name) => name !== 'register' || test.steps.register !== 'skipped')
          .map((name) => (
            <li key={name} data-step={name} data-state={test.steps[name]}>
              <StepIcon state={test.steps[name]} />
              <span>{t(`sipTrace.step.${name}`)}</span>
              <Said state={test.steps[name]} />
            </li>
          ))}
      </ol>
      <div aria-live="polite" className={styles.test}>
        {state !== 'running' && (
          <Text fw={620} data-testid="trunk-test-result">
            {t(`sipTrace.test.${state}`)}
          </Text>
        )}
        {problem && (
          <ul className={styles.findings}>
            <li data-level="problem" data-code={problem.code}>
              <IconX size={18} aria-hidden />
              <div>
                <b>{t(`sipTrace.problem.${problem.code}`)}</b>
                <p>{t(`sipTrace.problemAdvice.${problem.code}`, { detail: problem.detail })}</p>
              </div>
            </li>
          </ul>
        )}
        <Findings findings={ladder.findings} onShow={(message) => setMarked({ message })} />
      </div>
      {ladder.messages.length > 0 && <Ladder ladder={ladder} fileName="trunk-test" marked={marked} />}
    </>
  )
}

function Said({ state }: { state: TrunkTest['steps']['options'] }) {
  const { t } = useTranslation()
  if (state === 'waiting' || state === 'done') return null
  return <span className={styles.said}>{t(`sipTrace.stepState.${state}`)}</span>
}

function StepIcon({ state }: { state: TrunkTest['steps']['options'] }) {
  if (state === 'running') return <Loader size={14} aria-hidden />
  if (state === 'done') return <IconCheck size={16} aria-hidden />
  if (state === 'failed') return <IconX size={16} aria-hidden />
  return <IconMinus size={16} aria-hidden />
}
