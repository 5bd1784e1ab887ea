import { ActionIcon, Group, SegmentedControl, Skeleton, Switch, Text, Tooltip } from '@mantine/core'
import {
  IconDownload,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10
} from '@tabler/icons-react'
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import WaveSurfer from 'wavesurfer.js'
import { clock } from '../lib/format.ts'
import { drawableSeconds, loadPeaks, type Silence } from './peaks.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './drawer.module.css'

const speeds = ['0.75', '1', '1.25', '1.5', '2']

/** A moment of the recording that somebody has said something about. */
export interface Marker {
  id: string
  atSeconds: number
  text: string
}

/** What others may ask of the player. */
export interface PlayerHandle {
  playFrom: (seconds: number) => void
  position: () => number
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** Plays a recording by range requests; the client's side is drawn above, the operator's below. */
export default function Player({
  url,
  seconds,
  autoPlay = false,
  markers = [],
  names,
  handle
}: {
  url: string
  seconds: number | null
  autoPlay?: boolean
  markers?: readonly Marker[]
  /** Who is heard in which channel. */
  names?: readonly [client: string, operator: string]
  handle?: Ref<PlayerHandle>
}) {
  const { t } = useTranslation()
  const audio = useRef<HTMLAudioElement>(null)
  const canvas = useRef<HTMLDivElement>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [position, setPosition] = useState(0)
  const [length, setLength] = useState(seconds ?? 0)
  const [speed, setSpeed] = useState('1')
  const [picture, setPicture] = useState<'loading' | 'drawn' | 'none'>('loading')
  const [channels, setChannels] = useState(0)
  const [isBroken, setBroken] = useState(false)
  const [silences, setSilences] = useState<readonly Silence[]>([])
  const [isSkipping, setSkipping] = useState(false)
  const [skipped, setSkipped] = useState(0)
  useImperativeHandle(handle, () => ({
    playFrom: (at) => {
      const media = audio.current
      if (!media) return
      media.currentTime = at
      media.play().catch(() => setBroken(true))
    },
    position: () => audio.current?.currentTime ?? 0
  }))

  useEffect(() => {
    const media = audio.current
    const container = canvas.current
    if (!media || !container) return
    const stop = new AbortController()
    let wave: WaveSurfer | null = null
    const draw = async (): Promise<void> => {
      if ((seconds ?? 0) > drawableSeconds) {
        setPicture('none')
        return
      }
      try {
        const peaks = await loadPeaks(url, stop.signal)
        if (stop.signal.aborted) return
        const played = colour('--rt-brand')
        const rest = colour('--rt-wave')
        const height = peaks.channels.length > 1 ? 26 : 40
        const look = { waveColor: rest, progressColor: played, height }
        wave = WaveSurfer.create({
          container,
          media,
          peaks: peaks.channels,
          duration: peaks.seconds,
          barWidth: 2,
          barGap: 1,
          barRadius: 2,
          cursorColor: colour('--rt-ring'),
          cursorWidth: 2,
          dragToSeek: true,
          ...look,
          ...(peaks.channels.length > 1 && {
            splitChannels: [look, { ...look, progressColor: colour('--rt-ring') }]
          })
        })
        setLength(peaks.seconds)
        setChannels(peaks.channels.length)
        setSilences(peaks.silences)
        setPicture('drawn')
      } catch {
        // Without a picture the recording still plays; a lost file shows as the media's own error.
        if (!stop.signal.aborted) setPicture('none')
      }
    }
    inBackground(draw())
    return () => {
      stop.abort()
      wave?.destroy()
    }
  }, [url, seconds])

  const jump = (bySeconds: number): void => {
    const media = audio.current
    if (media)
      media.currentTime = Math.min(Math.max(0, media.currentTime + bySeconds), length || media.duration || 0)
  }
  const toggle = (): void => {
    const media = audio.current
    if (!media) return
    if (media.paused) media.play().catch(() => setBroken(true))
    else media.pause()
  }
  return (
    <div
      data-testid="player"
      data-playing={isPlaying}
      data-position={position.toFixed(1)}
      style={{ minWidth: 0 }}
    >
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        autoPlay={autoPlay}
        onPlaying={(event) => setPlaying(!event.currentTarget.paused)}
        onPause={() => setPlaying(false)}
        onError={() => setBroken(true)}
        onTimeUpdate={(event) => {
          const media = event.currentTarget
          const silence = isSkipping && !media.paused ? silenceAt(silences, media.currentTime) : undefined
          if (silence) {
            setSkipped((sum) => sum + silence.toSeconds - media.currentTime)
            media.currentTime = silence.toSeconds
          }
          setPosition(media.currentTime)
          // Drawing the wave loads the same source again, and then no second "playing" comes.
          setPlaying(!event.currentTarget.paused)
        }}
        onLoadedMetadata={(event) => {
          const { duration } = event.currentTarget
          if (Number.isFinite(duration)) setLength(duration)
        }}
      />
      {isBroken ? (
        <Text c="rust" fz="sm">
          {t('recording.broken')}
        </Text>
      ) : (
        <>
          <div
            style={{
              display: 'grid',
              gap: 10,
              gridTemplateColumns: channels > 1 ? 'auto minmax(0,1fr)' : 'minmax(0,1fr)'
            }}
          >
            {channels > 1 && (
              <div style={{ display: 'grid', alignItems: 'center', height: 52, maxWidth: 130 }}>
                <span className="eyebrow cut" title={names?.[0]}>
                  {names?.[0] ?? t('recording.client')}
                </span>
                <span className="eyebrow cut" title={names?.[1]}>
                  {names?.[1] ?? t('recording.operator')}
                </span>
              </div>
            )}
            <div style={{ position: 'relative', minWidth: 0 }}>
              <div ref={canvas} style={{ minHeight: picture === 'drawn' ? 0 : 4 }} data-testid="waveform" />
              {length > 0 &&
                markers.map((marker) => (
                  <Tooltip
                    key={marker.id}
                    label={`${clock(marker.atSeconds)} · ${marker.text}`}
                    multiline
                    maw={300}
                  >
                    <button
                      type="button"
                      className={styles.marker}
                      style={{ left: `${Math.min(100, (marker.atSeconds / length) * 100)}%` }}
                      aria-label={t('comments.seek', { at: clock(marker.atSeconds) })}
                      onClick={() => {
                        const media = audio.current
                        if (media) media.currentTime = marker.atSeconds
                      }}
                      data-testid="marker"
                    />
                  </Tooltip>
                ))}
            </div>
          </div>
          {picture === 'loading' && <Skeleton height={44} />}
          <Group gap={8} mt={6}>
            <ActionIcon
              size="lg"
              radius="xl"
              onClick={toggle}
              aria-label={t(isPlaying ? 'recording.pause' : 'recording.play')}
              data-testid="play"
            >
              {isPlaying ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={() => jump(-10)}
              aria-label={t('recording.back')}
              data-testid="skip-back"
            >
              <IconRewindBackward10 size={19} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={() => jump(10)}
              aria-label={t('recording.forward')}
              data-testid="skip-forward"
            >
              <IconRewindForward10 size={19} />
            </ActionIcon>
            <Text className="num" fz="sm">
              {clock(position)} / {clock(length)}
            </Text>
            <Tooltip label={t('player.noSilence')} disabled={silences.length > 0}>
              <Switch
                size="xs"
                label={
                  skipped >= 1
                    ? t('player.skipped', { seconds: Math.round(skipped) })
                    : t('player.skipSilence')
                }
                checked={isSkipping}
                disabled={silences.length === 0}
                onChange={(event) => {
                  setSkipping(event.currentTarget.checked)
                  setSkipped(0)
                }}
                data-testid="skip-silence"
              />
            </Tooltip>
            <SegmentedControl
              size="xs"
              ml="auto"
              value={speed}
              aria-label={t('recording.speed')}
              data={speeds.map((value) => ({ value, label: `${value}×` }))}
              onChange={(value) => {
                setSpeed(value)
                if (audio.current) audio.current.playbackRate = Number(value)
              }}
            />
            <ActionIcon
              component="a"
              href={`${url}${url.includes('?') ? '&' : '?'}download=true`}
              download
              variant="subtle"
              color="gray"
              aria-label={t('player.download')}
              data-testid="download-recording"
            >
              <IconDownload size={17} />
            </ActionIcon>
          </Group>
        </>
      )}
    </div>
  )
}

/** The silence in which a moment lies, with enough of it left to be worth a jump. */
const silenceAt = (silences: readonly Silence[], at: number): Silence | undefined =>
  silences.find(({ fromSeconds, toSeconds }) => at >= fromSeconds && at < toSeconds - 0.3)
