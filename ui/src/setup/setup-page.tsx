import '../schemes/jitless.ts'
import '../styles/later.ts'
import '@mantine/core/styles/SimpleGrid.css'
import { Alert, Center, Loader, Progress, Text, Title } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, NavLink, useNavigate, useParams } from 'react-router'
import type { SetupState, SetupStep } from '../../../api/contract/setup.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { AddressStep } from './address-step.tsx'
import { CompanyStep } from './company-step.tsx'
import { EndStep } from './end-step.tsx'
import { NumberStep } from './number-step.tsx'
import { PeopleStep } from './people-step.tsx'
import { SchemeStep } from './scheme-step.tsx'
import styles from './setup.module.css'
import type { StepProps } from './step-frame.tsx'
import { TrunkStep } from './trunk-step.tsx'
import { TryoutStep } from './tryout-step.tsx'
import { left, steps, useSetup, useSetupChange } from './use-setup.ts'

type Place = SetupStep | 'end'
const places: readonly Place[] = [...steps, 'end']
const icons = { done: IconCircleCheckFilled, skipped: IconCircleDashed, open: IconCircle } as const

/** The way from an empty installation to an answered call, step by step. */
export default function SetupPage() {
  const { step } = useParams()
  const setup = useSetup()
  const { mutate, isIdle } = useSetupChange()
  const isNew = setup.data?.isNew === true
  useEffect(() => {
    // From now on it has begun, whatever is made meanwhile.
    if (isNew && isIdle) mutate({})
  }, [isNew, isIdle, mutate])
  const state = setup.data
  if (!state) {
    return (
      <main className="page">
        {setup.isError ? (
          <Alert color="rust" role="alert">
            {explain(setup.error)}
          </Alert>
        ) : (
          <Center mih="50dvh">
            <Loader type="dots" size="sm" />
          </Center>
        )}
      </main>
    )
  }
  const at = places.find((each) => each === step)
  if (!at) return <Navigate to={`/setup/${firstOpen(state)}`} replace />
  return <Wizard at={at} state={state} />
}

/** Where to go on: the first step that nobody has done or skipped. */
function firstOpen(state: SetupState): Place {
  return steps.find((each) => state.steps[each] === 'open') ?? 'end'
}

function Wizard({ at, state }: { at: Place; state: SetupState }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const change = useSetupChange()
  const index = places.indexOf(at)
  const before = places[index - 1]
  const done = steps.length - left(state).length
  const sheet = useRef<HTMLDivElement>(null)
  const rail = useRef<HTMLOListElement>(null)
  useEffect(() => {
    // Whoever works by keyboard goes on in the step that has come.
    const field = sheet.current?.querySelector<HTMLElement>('[data-autofocus]')
    field?.focus({ preventScroll: true })
    // On a telephone the steps are a row that is wider than the screen.
    rail.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [at])
  const go = (to: Place): void => inBackground(navigate(`/setup/${to}`))
  const frame: StepProps = {
    onBack: before ? () => go(before) : null,
    onNext: (result) => {
      if (at === 'end') return
      const next = places[index + 1] ?? 'end'
      // What was done once is not skipped by a second look.
      const isKept = result === 'skipped' && state.steps[at] === 'done'
      if (isKept || state.steps[at] === result) go(next)
      else change.mutate({ steps: { [at]: result } }, { onSuccess: () => go(next) })
    }
  }
  return (
    <main className="page">
      <div className={styles.layout}>
        <nav className={styles.rail} aria-label={t('wizard.steps')}>
          <div className={styles.railHead}>
            <Title order={1} fz="xl">
              {t('firstHour.title')}
            </Title>
            <Text fz="sm" c="dimmed" className={styles.railText ?? ''}>
              {t('wizard.text')}
            </Text>
            <Progress
              value={(done / steps.length) * 100}
              size="sm"
              mt={10}
              aria-label={t('wizard.progress', { done, all: steps.length })}
            />
            <Text fz="xs" c="dimmed" mt={6} data-testid="setup-progress" data-done={done}>
              {t('wizard.progress', { done, all: steps.length })}
            </Text>
          </div>
          <ol ref={rail}>
            {steps.map((each) => {
              const Icon = icons[state.steps[each]]
              return (
                <li key={each}>
                  <NavLink to={`/setup/${each}`} data-state={state.steps[each]} data-testid={`go-${each}`}>
                    <Icon size={18} stroke={1.7} aria-hidden />
                    <span>{t(`firstHour.step.${each}`)}</span>
                    <span className={styles.hidden}>{t(`wizard.state.${state.steps[each]}`)}</span>
                  </NavLink>
                </li>
              )
            })}
          </ol>
        </nav>
        <div ref={sheet} style={{ minWidth: 0 }}>
          <Step at={at} state={state} frame={frame} />
          {change.isError && (
            <Alert color="rust" role="alert" mt="sm">
              {explain(change.error)}
            </Alert>
          )}
        </div>
      </div>
    </main>
  )
}

function Step({ at, state, frame }: { at: Place; state: SetupState; frame: StepProps }) {
  switch (at) {
    case 'company':
      return <CompanyStep {...frame} state={state} />
    case 'address':
      return <AddressStep {...frame} />
    case 'trunk':
      return <TrunkStep {...frame} state={state} />
    case 'number':
      return <NumberStep {...frame} />
    case 'scheme':
      return <SchemeStep {...frame} state={state} />
    case 'people':
      return <PeopleStep {...frame} />
    case 'tryout':
      return <TryoutStep {...frame} state={state} />
    case 'end':
      return <EndStep state={state} />
  }
}
