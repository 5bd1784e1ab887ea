import { Alert, Badge, Button, Group, Loader, Text, TextInput } from '@mantine/core'
import { IconCircleCheck, IconPhoneCalling } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { TrackingNumber } from '../../../api/contract/config.ts'
import type { SetupState } from '../../../api/contract/setup.ts'
import { api, serverNowMs } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import { look, newest, type SeenCall } from './seen-call.ts'
import styles from './setup.module.css'
import { StepFrame, type StepProps } from './step-frame.tsx'
import { useOwn } from './use-own.ts'
import { useSetupChange } from './use-setup.ts'

/** The server's clock and ours may differ by so much, ms. */
const slackMs = 2000

/** Looks on while a call comes in; it stays on the screen after it has ended. */
function useSeenCall(numberId: string | null): SeenCall | null {
  const board = useBoard()
  const [sinceMs] = useState(() => serverNowMs() - slackMs)
  const [seen, setSeen] = useState<SeenCall | null>(null)
  const call = numberId === null ? null : newest(Object.values(board.calls), numberId, sinceMs, seen)
  useEffect(() => {
    if (call) setSeen((before) => look(before, call))
  }, [call])
  return seen
}

/** The first call: from outside to the number, or from here to a mobile that goes the same way; seen as it goes. */
export function TryoutStep({ state, ...frame }: StepProps & { state: SetupState }) {
  const { t } = useTranslation()
  const me = useMe()
  const board = useBoard()
  const { registration } = useSoftphone()
  const { mutate } = useSetupChange()
  const numbers = useOwn<TrackingNumber>('numbers')
  const number = numbers.find(({ schemeId }) => schemeId !== null) ?? numbers.at(0) ?? null
  const seen = useSeenCall(number?.id ?? null)
  const answered = seen?.answeredBy ?? null
  const isDone = state.steps.tryout === 'done'
  useEffect(() => {
    if (answered !== null && !isDone) mutate({ steps: { tryout: 'done' } })
  }, [answered, isDone, mutate])
  const presence = board.operators[me.id]?.presence ?? me.presence
  const isReady = registration === 'registered'
  return (
    <StepFrame
      {...frame}
      name="tryout"
      title={t('wizard.tryout.title')}
      text={t('wizard.tryout.text')}
      isDone={isDone || answered !== null}
    >
      <Group gap="xs">
        <Text fz="sm">{t('wizard.tryout.ownPhone')}</Text>
        <Badge color={isReady ? 'pine' : 'amber'} variant="light" tt="none">
          {t(isReady ? 'wizard.tryout.ready' : 'wizard.tryout.notReady')}
        </Badge>
      </Group>
      {(presence === 'away' || presence === 'offline') && (
        <Alert color="amber">
          <Group justify="space-between" gap="sm">
            <Text fz="sm">{t('wizard.tryout.noPresence')}</Text>
            <Button
              size="xs"
              variant="default"
              onClick={() => inBackground(api('PUT', '/api/me/presence', { presence: 'available' }))}
              data-testid="take-calls"
            >
              {t('wizard.tryout.takeCalls')}
            </Button>
          </Group>
        </Alert>
      )}
      {number ? (
        <section className={styles.awaited} data-testid="awaited" data-over={seen?.isOver ?? false}>
          <Text fz="lg" fw={620}>
            {t('wizard.tryout.call', { number: formatPhone(number.e164) })}
          </Text>
          <div aria-live="polite">{seen ? <Seen seen={seen} /> : <Awaited />}</div>
        </section>
      ) : (
        <Alert color="amber">
          <Group justify="space-between" gap="sm">
            <Text fz="sm">{t('wizard.tryout.noNumber')}</Text>
            <Button component={Link} to="/setup/number" size="xs" variant="default">
              {t('wizard.tryout.toNumber')}
            </Button>
          </Group>
        </Alert>
      )}
      {number && (
        <CallMe
          hasCarrier={state.steps.trunk === 'done'}
          number={number}
          isGoingOn={seen !== null && !seen.isOver}
        />
      )}
    </StepFrame>
  )
}

function Awaited() {
  const { t } = useTranslation()
  return (
    <Group gap="sm" mt={8}>
      <Loader type="dots" size="sm" color="amber" />
      <Text c="dimmed">{t('wizard.tryout.waits')}</Text>
    </Group>
  )
}

function Seen({ seen }: { seen: SeenCall }) {
  const { t } = useTranslation()
  const { isCalled, isPickedUp, from, step, rang, answeredBy, isOver } = seen
  const number = from === null ? '' : formatPhone(from)
  const came = from === null ? t('wizard.tryout.cameHidden') : t('wizard.tryout.came', { number })
  const lines = [
    isCalled ? t('wizard.tryout.called', { number }) : came,
    isCalled && isPickedUp ? t('wizard.tryout.pickedUp') : null,
    step === null ? null : t('wizard.tryout.in', { step }),
    rang.length === 0 ? null : t('wizard.tryout.rings', { names: rang.join(', ') }),
    answeredBy === null ? null : t('wizard.tryout.answered', { name: answeredBy }),
    isOver ? t(isPickedUp ? 'wizard.tryout.ended' : 'wizard.tryout.notPickedUp') : null
  ]
  return (
    <>
      <ol className={styles.seen} data-testid="seen-call" data-call={seen.id} data-called={isCalled}>
        {lines
          .filter((line) => line !== null)
          .map((line) => (
            <li key={line}>{line}</li>
          ))}
      </ol>
      {answeredBy !== null && (
        <Alert color="pine" mt="sm" icon={<IconCircleCheck size={18} />} data-testid="first-call">
          <Group justify="space-between" gap="sm">
            <Text fz="sm">{t(isCalled ? 'wizard.tryout.worksCalled' : 'wizard.tryout.works')}</Text>
            {isOver && (
              <Button component={Link} to="/journal" size="xs" variant="default" data-testid="see-journal">
                {t('wizard.tryout.journal')}
              </Button>
            )}
          </Group>
        </Alert>
      )}
    </>
  )
}

interface CallMeProps {
  hasCarrier: boolean
  number: TrackingNumber
  /** A call is being watched. */
  isGoingOn: boolean
}

/** A call from here to a mobile over the carrier; whoever answers there goes the way of a caller. */
function CallMe({ hasCarrier, number, isGoingOn }: CallMeProps) {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const call = useMutation({
    mutationFn: (phone: string) =>
      api<{ callId: string }>('POST', '/api/setup/call-me', { phone, numberId: number.id })
  })
  const isReady = hasCarrier && number.schemeId !== null && !isGoingOn && to.replace(/\D/g, '').length >= 5
  return (
    <form
      className={styles.panel}
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady && !call.isPending) call.mutate(to.trim())
      }}
    >
      <Text fw={600}>{t('wizard.tryout.out')}</Text>
      <Text fz="sm" c="dimmed">
        {t(outText(hasCarrier, number), { number: formatPhone(number.e164) })}
      </Text>
      <Group align="flex-end" gap="sm" mt="xs">
        <TextInput
          label={t('wizard.tryout.mobile')}
          inputMode="tel"
          autoComplete="tel"
          maxLength={40}
          value={to}
          disabled={!hasCarrier}
          onChange={(event) => {
            call.reset()
            setTo(event.currentTarget.value)
          }}
          data-testid="call-me-number"
        />
        <Button
          type="submit"
          leftSection={<IconPhoneCalling size={16} />}
          disabled={!isReady}
          loading={call.isPending}
          data-testid="call-me"
        >
          {t('wizard.tryout.callMe')}
        </Button>
      </Group>
      {call.isError && (
        <Alert color="rust" role="alert" mt="sm" data-testid="call-me-error">
          {explain(call.error)}
        </Alert>
      )}
    </form>
  )
}

function outText(hasCarrier: boolean, { schemeId }: TrackingNumber) {
  if (!hasCarrier) return 'wizard.tryout.noCarrier' as const
  return schemeId === null ? ('wizard.tryout.noScheme' as const) : ('wizard.tryout.outText' as const)
}
