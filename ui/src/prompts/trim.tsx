import '@mantine/core/styles/Slider.css'
import { Button, Group, RangeSlider, Text } from '@mantine/core'
import { IconCut } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clock } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { wavOf } from '../settings/record-sound.ts'

interface Sound {
  samples: Float32Array
  hertz: number
}

async function read(file: Blob): Promise<Sound> {
  const decoded = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await file.arrayBuffer())
  return { samples: decoded.getChannelData(0), hertz: decoded.sampleRate }
}

/** Cuts beginning and end off what was recorded here. */
export function Trim({ file, onTrimmed }: { file: Blob; onTrimmed: (file: Blob) => void }) {
  const { t } = useTranslation()
  const [sound, setSound] = useState<Sound | null>(null)
  const [part, setPart] = useState<[number, number]>([0, 1])
  useEffect(() => {
    let isLatest = true
    inBackground(
      read(file).then((next) => {
        if (!isLatest) return
        setSound(next)
        setPart([0, next.samples.length / next.hertz])
      })
    )
    return () => {
      isLatest = false
    }
  }, [file])
  if (!sound) return null
  const seconds = sound.samples.length / sound.hertz
  const [from, to] = part
  const isWhole = from === 0 && to >= seconds
  return (
    <div data-testid="trim">
      <Text fz="sm" fw={560}>
        {t('setup.prompts.trim')}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <RangeSlider
          flex={1}
          min={0}
          max={seconds}
          step={0.05}
          minRange={0.3}
          label={(at) => `${at.toFixed(1)} / ${clock(seconds)}`}
          value={part}
          thumbFromLabel={t('setup.prompts.trimFrom')}
          thumbToLabel={t('setup.prompts.trimTo')}
          onChange={setPart}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCut size={15} />}
          disabled={isWhole}
          onClick={() =>
            onTrimmed(wavOf(sound.samples.slice(from * sound.hertz, to * sound.hertz), sound.hertz))
          }
        >
          {t('setup.prompts.cut')}
        </Button>
      </Group>
    </div>
  )
}
