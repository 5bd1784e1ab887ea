import { Button, Group, Loader, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
  IconMicrophone
} from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRef, useState, type ReactNode, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { AddressChecked, AddressGuess, SoundMeasured } from '../../../api/contract/setup.ts'
import { api } from '../lib/api.ts'
import { PublicAddressForm, useAddressChange, type AddressChange } from '../system/public-address.tsx'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import styles from './setup.module.css'
import { useSoundCheck, type Figures } from './sound-check.ts'
import { StepFrame, type StepProps } from './step-frame.tsx'

type Finding = AddressChecked['findings'][number]

const icons = {
  failed: IconCircleX,
  warning: IconAlertTriangle,
  hint: IconInfoCircle,
  ok: IconCircleCheck
} as const

/** What another public address may heal. */
const healed: ReadonlySet<Finding['code']> = new Set([
  'externalMissing',
  'externalMissingLater',
  'externalPrivate',
  'externalUnresolved',
  'soundNoPathPrivate'
])

/** Whether sound finds its way: a call to ourselves, a packet to our own public address, and what to change. */
export function AddressStep(frame: StepProps) {
  const { t } = useTranslation()
  const { registration } = useSoftphone()
  const [sound, setSound] = useState<SoundMeasured | null>(null)
  const { stage, start } = useSoundCheck(setSound)
  const change = useAddressChange()
  const field = useRef<HTMLInputElement>(null)
  const checked = useQuery({
    queryKey: ['setup-address', sound],
    queryFn: () => api<AddressChecked>('POST', '/api/setup/address-check', { sound }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0
  })
  const isRunning = stage.at === 'running'
  const figures = stage.at === 'running' ? stage.figures : sound
  return (
    <StepFrame
      {...frame}
      name="address"
      title={t('wizard.address.title')}
      text={t('wizard.address.text')}
      isDone={sound?.result === 'heard'}
      error={checked.error}
    >
      {checked.data && <Facts facts={checked.data} change={change} field={field} />}
      <section className={styles.panel} data-testid="sound-check" data-stage={stage.at}>
        <Group justify="space-between" gap="sm">
          <Text fz="sm" c="dimmed" maw={360}>
            {isRunning ? t('wizard.address.speak') : figures ? '' : t('wizard.address.notYet')}
          </Text>
          <Button
            type="button"
            leftSection={<IconMicrophone size={16} />}
            loading={isRunning || registration === 'connecting'}
            onClick={start}
            data-testid="sound-start"
          >
            {t(sound ? 'wizard.address.again' : 'wizard.address.run')}
          </Button>
        </Group>
        {figures && figures.sent > 0 && <Measured figures={figures} />}
      </section>
      {checked.isFetching && <Loader type="dots" size="sm" />}
      <ul className={styles.findings} aria-live="polite">
        {checked.data?.findings.map((finding) => (
          <FindingRow key={finding.code} finding={finding}>
            {checked.data.publicAddress.by !== 'environment' && healed.has(finding.code) && (
              <Ways
                guesses={checked.data.guesses}
                isBusy={change.isPending}
                onUse={(address) => change.mutate(address)}
                onEnter={() => field.current?.focus()}
              />
            )}
          </FindingRow>
        ))}
      </ul>
    </StepFrame>
  )
}

/** From a finding to the field: an address that may be ours with one click, or one to be typed. */
function Ways(props: {
  guesses: readonly AddressGuess[]
  isBusy: boolean
  onUse: (address: string) => void
  onEnter: () => void
}) {
  const { t } = useTranslation()
  const { guesses, isBusy, onUse, onEnter } = props
  return (
    <div className={styles.buttons}>
      {guesses.map(({ address, from, about }) => (
        <Button
          key={address}
          size="xs"
          loading={isBusy}
          onClick={() => onUse(address)}
          data-testid="use-address"
        >
          {t(from === 'carrier' ? 'publicAddress.useCarrier' : 'publicAddress.usePages', { address, about })}
        </Button>
      ))}
      <Button size="xs" variant="default" onClick={onEnter} data-testid="enter-address">
        {t('publicAddress.enter')}
      </Button>
    </div>
  )
}

interface FactsProps {
  facts: AddressChecked
  change: AddressChange
  field: Ref<HTMLInputElement>
}

function Facts({ facts, change, field }: FactsProps) {
  const { t } = useTranslation()
  const { publicAddress, publicUrl, localAddresses, sipPort, rtp } = facts
  const row = (label: string, value: ReactNode) => (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  )
  return (
    <dl className={styles.facts}>
      {row(
        t('publicAddress.title'),
        <PublicAddressForm state={publicAddress} change={change} field={field} />
      )}
      {row(
        t('wizard.address.local'),
        <span className="num">{localAddresses.join(', ') || '127.0.0.1'}</span>
      )}
      {rtp && row(t('wizard.address.ports'), t('wizard.address.portsText', { sip: sipPort, ...rtp }))}
      {row(
        t('wizard.address.pages'),
        <>
          <span>{publicUrl ?? location.origin}</span>
          <span className={styles.how}>{t('wizard.address.pagesHow')}</span>
        </>
      )}
    </dl>
  )
}

function Measured({ figures }: { figures: Figures }) {
  const { t } = useTranslation()
  const { sent, received, rttMs, jitterMs, loss, pair } = figures
  const ms = (value: number | null): string =>
    value === null ? '–' : t('wizard.address.ms', { value: Math.round(value) })
  const cells: readonly (readonly [string, string])[] = [
    [t('wizard.address.sent'), String(sent)],
    [t('wizard.address.received'), String(received)],
    [t('wizard.address.rtt'), ms(rttMs)],
    [t('wizard.address.jitter'), ms(jitterMs)],
    [t('wizard.address.loss'), `${(loss * 100).toFixed(1)} %`],
    [t('wizard.address.way'), pair ? `${pair.protocol.toUpperCase()} ${pair.remoteAddress}` : '–']
  ]
  return (
    <dl className={styles.figures} data-testid="sound-figures">
      {cells.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function FindingRow({
  finding: { code, level, values },
  children
}: {
  finding: Finding
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const Icon = icons[level]
  return (
    <li data-level={level} data-testid={`finding-${code}`}>
      <Icon size={19} stroke={1.8} aria-hidden />
      <div>
        <b>{t(`wizard.address.level.${level}`)}</b>
        <span>{t(`wizard.finding.${code}`, values)}</span>
        {children}
      </div>
    </li>
  )
}
