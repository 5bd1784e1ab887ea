import { Alert, Button, Group, Text } from '@mantine/core'
import { IconPhone, IconPhoneOff } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { serverNowMs } from '../lib/api.ts'
import { measure } from '../softphone/measure.ts'
import type { EchoCall } from '../softphone/phone.ts'
import { createQuality, type Measured, type Quality } from '../softphone/quality.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'

/** Where the way of the sound breaks off. */
type Fault = 'noServer' | 'refused' | 'noPath' | 'nothingBack'
type Stage =
  | { at: 'idle' }
  | { at: 'calling' }
  | { at: 'talking'; quality: Quality | null }
  | { at: 'failed'; fault: Fault }

const lookMs = 1000
/** A server that says nothing at all for so long does not reach us, or we not it. */
const patienceMs = 12_000

/** A call to ourselves: what we say comes back from the server, and the figures name what fails on the way. */
export function EchoTest({ microphone }: { microphone: MediaStream | null }) {
  const { t } = useTranslation()
  const { echo, registration, call } = useSoftphone()
  const [stage, setStage] = useState<Stage>({ at: 'idle' })
  const running = useRef<{ call: EchoCall; stop: () => void } | null>(null)
  useEffect(() => () => running.current?.stop(), [])

  const start = (): void => {
    if (!microphone || !echo) return
    setStage({ at: 'calling' })
    let timer: ReturnType<typeof setInterval> | null = null
    let isTalking = false
    let fault: Fault | null = null
    const giveUp = setTimeout(() => {
      fault = 'noPath'
      running.current?.call.hangup()
    }, patienceMs)
    const stop = (): void => {
      clearTimeout(giveUp)
      if (timer) clearInterval(timer)
      running.current?.call.hangup()
    }
    const made = echo(microphone, {
      onConnected(connection) {
        const quality = createQuality()
        isTalking = true
        setStage({ at: 'talking', quality: null })
        const take = (measured: Measured): void => {
          const verdict = quality.add(measured)
          if (verdict.problems.includes('noSound')) {
            fault = connection.iceConnectionState === 'connected' ? 'nothingBack' : 'noPath'
            stop()
          } else if (measured.received > 0) {
            clearTimeout(giveUp)
            setStage({ at: 'talking', quality: verdict })
          }
        }
        timer = setInterval(() => {
          // A connection that closes meanwhile has no figures: the test is over then.
          measure(connection, serverNowMs(), false)
            .then(take)
            .catch(() => undefined)
        }, lookMs)
      },
      onEnded(why) {
        clearTimeout(giveUp)
        if (timer) clearInterval(timer)
        running.current = null
        const found =
          fault ?? (why === 'refused' ? 'refused' : why === 'failed' && !isTalking ? 'noPath' : null)
        setStage(found ? { at: 'failed', fault: found } : { at: 'idle' })
      }
    })
    running.current = { call: made, stop }
  }

  const isConnected = registration === 'registered'
  const isOn = stage.at === 'calling' || stage.at === 'talking'
  return (
    <section data-testid="echo-test" data-stage={stage.at}>
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>{t('sound.echo')}</Text>
          <Text c="dimmed" fz="sm" maw={380}>
            {t('sound.echoText')}
          </Text>
        </div>
        <Button
          size="xs"
          variant={isOn ? 'default' : 'filled'}
          leftSection={isOn ? <IconPhoneOff size={15} /> : <IconPhone size={15} />}
          disabled={!isOn && (!microphone || !echo || !isConnected)}
          onClick={() => (isOn ? running.current?.stop() : start())}
          data-testid="echo-call"
        >
          {t(isOn ? 'sound.echoStop' : 'sound.echoStart')}
        </Button>
      </Group>
      {!isConnected && !call && (
        <Alert color="amber" mt="sm" p="xs">
          {t('sound.fault.noServer')}
        </Alert>
      )}
      {stage.at === 'talking' && (
        <Alert
          color={stage.quality?.level === 'poor' ? 'rust' : 'pine'}
          mt="sm"
          p="xs"
          data-testid="echo-verdict"
        >
          {stage.quality && stage.quality.mos !== null ? (
            <Verdict quality={stage.quality} />
          ) : (
            t('sound.echoSpeak')
          )}
        </Alert>
      )}
      {stage.at === 'failed' && (
        <Alert color="rust" mt="sm" p="xs" data-testid="echo-fault">
          {t(`sound.fault.${stage.fault}`)}
        </Alert>
      )}
    </section>
  )
}

function Verdict({ quality }: { quality: Quality }) {
  const { t } = useTranslation()
  const { mos, rttMs, jitterMs, loss, problems, level } = quality
  return (
    <>
      <Text fz="sm" fw={600}>
        {t(`shift.quality.${level}`)}. {problems.map((one) => t(`shift.quality.problem.${one}`)).join(' ')}
      </Text>
      <Text fz="sm" className="num">
        {t('sound.figures', {
          mos: mos?.toFixed(1) ?? '–',
          rtt: rttMs === null ? '–' : Math.round(rttMs),
          jitter: jitterMs === null ? '–' : Math.round(jitterMs),
          loss: (loss * 100).toFixed(1)
        })}
      </Text>
    </>
  )
}
