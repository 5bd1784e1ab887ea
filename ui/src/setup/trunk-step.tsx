import { Alert, Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SetupState } from '../../../api/contract/setup.ts'
import type { Trunk, TrunkLive } from '../../../api/contract/trunks.ts'
import { api } from '../lib/api.ts'
import { TrunkTest } from '../trace/trunk-test.tsx'
import { TrunkForm } from '../trunks/trunk-form.tsx'
import { TrunkState } from '../trunks/trunk-state.tsx'
import { troubleOf } from '../trunks/troubles.ts'
import styles from './setup.module.css'
import { StepFrame, type StepProps } from './step-frame.tsx'
import { useOwn } from './use-own.ts'
import { useSetupAgain } from './use-setup.ts'

/** A registration takes a second or two. */
const askAgainMs = 1500
/** What the form is open for. */
type Open = { trunk: Trunk | null } | null

/** The link to the company that brings the calls: made here, and seen to work. */
export function TrunkStep({ state, ...frame }: StepProps & { state: SetupState }) {
  const { t } = useTranslation()
  const again = useSetupAgain()
  const trunks = useOwn<Trunk>('trunks')
  const [open, setOpen] = useState<Open>(null)
  const live = useQuery({
    queryKey: ['trunk-states'],
    queryFn: () => api<{ items: TrunkLive[] }>('GET', '/api/trunk-states'),
    refetchInterval: askAgainMs,
    enabled: trunks.length > 0
  })
  const states = new Map(live.data?.items.map((each) => [each.trunkId, each]))
  const stands = [...states.values()].map((each) => `${each.trunkId} ${each.state}`).join()
  useEffect(() => {
    // Whether a carrier is connected decides if this step is done.
    if (stands !== '') again().catch(() => undefined)
    // The way to ask is a new function each time.
  }, [stands])
  const isForm = open !== null || trunks.length === 0
  return (
    <StepFrame
      {...frame}
      name="trunk"
      title={t('wizard.trunk.title')}
      text={t('wizard.trunk.text')}
      isDone={state.steps.trunk === 'done'}
    >
      {trunks
        .filter(({ id }) => id !== open?.trunk?.id)
        .map((trunk) => (
          <Made key={trunk.id} trunk={trunk} live={states.get(trunk.id)} onOpen={() => setOpen({ trunk })} />
        ))}
      {isForm ? (
        <TrunkForm
          key={open?.trunk?.id ?? 'new'}
          trunk={open?.trunk ?? null}
          onSaved={() => setOpen(null)}
          {...(trunks.length > 0 && { onCancel: () => setOpen(null) })}
        />
      ) : (
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => setOpen({ trunk: null })}
            data-testid="another-trunk"
          >
            {t('wizard.trunk.another')}
          </Button>
        </div>
      )}
    </StepFrame>
  )
}

/** A trunk that is there: how it stands now, and what to do while it does not work. */
function Made({ trunk, live, onOpen }: { trunk: Trunk; live: TrunkLive | undefined; onOpen: () => void }) {
  const { t } = useTranslation()
  const state = trunk.isActive ? (live?.state ?? trunk.state) : 'inactive'
  const isGood = state === 'registered' || state === 'configured'
  const error = isGood ? null : (live?.lastError ?? null)
  const trouble = error ? troubleOf(error) : null
  return (
    <section className={styles.panel} data-testid="made-trunk" data-state={state}>
      <div className={styles.person}>
        <div>
          <b>{trunk.name}</b>{' '}
          <Text span fz="sm" c="dimmed" className="num">
            {trunk.host}:{trunk.port}
          </Text>
        </div>
        <TrunkState state={state} />
        <Button size="compact-sm" variant="default" onClick={onOpen} data-testid="change-trunk">
          {t('wizard.trunk.change')}
        </Button>
      </div>
      {error && trouble && (
        <Alert color="rust" mt="sm" data-testid="trunk-trouble" data-trouble={trouble}>
          <Group gap={6}>
            <Text fz="sm" fw={600}>
              {t(`trunks.trouble.${trouble}`, { code: error.code })}
            </Text>
            <Text fz="sm">{t(`trunks.advice.${trouble}`)}</Text>
          </Group>
        </Alert>
      )}
      <div className={styles.test}>
        <TrunkTest trunkId={trunk.id} />
      </div>
    </section>
  )
}
