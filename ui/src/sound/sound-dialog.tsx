import '../styles/later.ts'
import '@mantine/core/styles/Slider.css'
import { Alert, Button, Divider, Group, Modal, Progress, Select, Slider, Stack, Text } from '@mantine/core'
import { IconBell, IconVolume } from '@tabler/icons-react'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { inBackground } from '../lib/in-background.ts'
import { tryRing } from '../softphone/ring.ts'
import { chooseSound, onSoundChoice, soundChoice } from '../softphone/sound.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import { EchoTest } from './echo-test.tsx'
import { playTone } from './play-tone.ts'
import { useDevices } from './use-devices.ts'
import { useMicrophone } from './use-microphone.ts'

const useChoice = () => useSyncExternalStore(onSoundChoice, soundChoice)

/** A device of a list; the first entry is whatever the computer uses. */
function DeviceSelect(props: {
  label: string
  devices: readonly MediaDeviceInfo[]
  value: string
  onChange: (id: string) => void
  testId: string
}) {
  const { t } = useTranslation()
  const { label, devices, value, onChange, testId } = props
  const isThere = value === '' || devices.some(({ deviceId }) => deviceId === value)
  const data = [
    { value: '', label: t('sound.usual') },
    ...devices.map((device, index) => ({
      value: device.deviceId,
      label: device.label || t('sound.device', { number: index + 1 })
    })),
    ...(isThere ? [] : [{ value, label: t('sound.unplugged') }])
  ]
  return (
    <Select
      label={label}
      data={data}
      value={value}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      onChange={(id) => onChange(id ?? '')}
      data-testid={testId}
    />
  )
}

function Volume({
  label,
  value,
  onChange
}: {
  label: string
  value: number
  onChange: (value: number) => void
}) {
  return (
    <Slider
      aria-label={label}
      thumbLabel={label}
      flex={1}
      min={0}
      max={100}
      step={5}
      label={(percent) => `${percent} %`}
      value={Math.round(value * 100)}
      onChange={(percent) => onChange(percent / 100)}
    />
  )
}

/** Microphone, speaker and ringer with a test of each, and a call to ourselves: before a shift, or when something is wrong. */
export default function SoundDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const choice = useChoice()
  const { call } = useSoftphone()
  const microphone = useMicrophone(choice.microphone)
  const devices = useDevices(microphone.state === 'ready')
  const isBroken = microphone.state !== 'ready' && microphone.state !== 'unknown'
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('sound.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
      data-testid="sound-dialog"
    >
      <Stack gap="md">
        <section>
          <DeviceSelect
            label={t('sound.microphone')}
            devices={devices.microphones}
            value={choice.microphone}
            onChange={(id) => chooseSound({ microphone: id })}
            testId="choose-microphone"
          />
          {isBroken ? (
            <Alert color="rust" mt="xs" p="xs" data-testid="microphone-fault">
              {t(`softphone.microphone.${microphone.state}`)}
            </Alert>
          ) : (
            <>
              <Progress
                value={microphone.level * 100}
                mt="xs"
                size="lg"
                transitionDuration={80}
                aria-label={t('sound.level')}
                data-testid="microphone-level"
              />
              <Text fz="sm" c="dimmed" mt={6} data-testid="microphone-words" data-heard={microphone.hasHeard}>
                {t(microphone.hasHeard ? 'sound.heard' : 'sound.speak')}
              </Text>
            </>
          )}
        </section>
        <section>
          <DeviceSelect
            label={t('sound.speaker')}
            devices={devices.speakers}
            value={choice.speaker}
            onChange={(id) => chooseSound({ speaker: id })}
            testId="choose-speaker"
          />
          <Group mt="xs" gap="md">
            <Volume
              label={t('sound.speakerVolume')}
              value={choice.speakerVolume}
              onChange={(speakerVolume) => chooseSound({ speakerVolume })}
            />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconVolume size={15} />}
              onClick={() => inBackground(playTone())}
              data-testid="try-speaker"
            >
              {t('sound.try')}
            </Button>
          </Group>
        </section>
        <section>
          <DeviceSelect
            label={t('sound.ringer')}
            devices={devices.speakers}
            value={choice.ringer}
            onChange={(id) => chooseSound({ ringer: id })}
            testId="choose-ringer"
          />
          <Group mt="xs" gap="md">
            <Volume
              label={t('sound.ringVolume')}
              value={choice.ringVolume}
              onChange={(ringVolume) => chooseSound({ ringVolume })}
            />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconBell size={15} />}
              onClick={() => inBackground(tryRing())}
              data-testid="try-ring"
            >
              {t('sound.tryRing')}
            </Button>
          </Group>
        </section>
        {!call && (
          <>
            <Divider />
            <EchoTest microphone={microphone.stream} />
          </>
        )}
      </Stack>
    </Modal>
  )
}
