import { Alert, Button, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { clock } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useKeys } from '../lib/use-keys.ts'
import { useNow } from '../lib/use-now.ts'
import { useBoard } from '../live/use-live.tsx'
import { useMe } from '../session/session.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import styles from './operator.module.css'
import { WrapUpCodes } from './wrap-up-codes.tsx'

const moreSeconds = 60

/** The time for notes after a talk runs: how much is left, and how to end or prolong it. */
export function WrapUpBar() {
  const { t } = useTranslation()
  const now = useNow()
  const me = useMe()
  const state = useBoard().operators[me.id]
  const { last } = useSoftphone()
  const ask = useMutation({
    mutationFn: (what: 'end' | 'extend') =>
      api('POST', `/api/me/wrap-up/${what}`, what === 'extend' ? { seconds: moreSeconds } : {}),
    onError: (error) => toast('rust', explain(error))
  })
  const isOn = state?.presence === 'wrapUp'
  const isOwed = (state?.owesCode ?? null) !== null
  useKeys({ KeyF: isOn && !isOwed ? () => ask.mutate('end') : undefined }, 'call')
  if (!isOn) return null
  // After a restart of the server only this page knows which talk it was.
  const callId = state.wrapUpCallId ?? (last?.wasTalking ? last.callId : null)
  const whole = state.until ? (Date.parse(state.until) - Date.parse(state.since)) / 1000 : null
  // The clock of the screen is up to a second old: never more than there was at first.
  const left =
    state.until && whole !== null
      ? Math.min(Math.ceil(whole), Math.ceil((Date.parse(state.until) - now) / 1000))
      : null
  const share = left !== null && whole ? Math.min(1, Math.max(0, left / whole)) : 0
  return (
    <section className={`sheet ${styles.wrapUp}`} data-testid="wrap-up-bar" role="timer">
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={620}>{t(isOwed ? 'shift.codes.title' : 'wrapUp.title')}</Text>
          <Text c="dimmed" fz="sm">
            {t(isOwed ? 'shift.codes.owed' : 'wrapUp.text')}
          </Text>
        </div>
        <Group gap={10}>
          {left !== null && (
            <span className={`num ${styles.left}`} data-testid="wrap-up-left">
              {clock(left)}
            </span>
          )}
          {left !== null && (
            <Button
              size="xs"
              variant="default"
              loading={ask.isPending && ask.variables === 'extend'}
              onClick={() => ask.mutate('extend')}
              data-testid="wrap-up-extend"
            >
              {t('wrapUp.extend')}
            </Button>
          )}
          <Button
            size="xs"
            disabled={isOwed}
            loading={ask.isPending && ask.variables === 'end'}
            rightSection={<kbd className="hint">F</kbd>}
            onClick={() => ask.mutate('end')}
            data-testid="wrap-up-end"
          >
            {t('wrapUp.end')}
          </Button>
        </Group>
      </Group>
      {callId && <WrapUpCodes callId={callId} isOwed={isOwed} />}
      <i className={styles.leftBar} style={{ transform: `scaleX(${share})` }} />
    </section>
  )
}

/** The system has set this operator away, because calls rang and nobody answered. */
export function PausedNotice() {
  const { t } = useTranslation()
  const me = useMe()
  const state = useBoard().operators[me.id]
  const back = useMutation({
    mutationFn: () => api('PUT', '/api/me/presence', { presence: 'available' }),
    onError: (error) => toast('rust', explain(error))
  })
  if (state?.chosen !== 'away' || state.reason !== 'auto_missed') return null
  return (
    <Alert color="amber" title={t('pause.autoTitle')} data-testid="auto-paused">
      <Group justify="space-between" gap="sm">
        <Text fz="sm" maw={460}>
          {t('pause.autoText')}
        </Text>
        <Button
          size="xs"
          loading={back.isPending}
          onClick={() => back.mutate()}
          data-testid="auto-paused-back"
        >
          {t('pause.back')}
        </Button>
      </Group>
    </Alert>
  )
}
