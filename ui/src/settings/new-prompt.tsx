import {
  Alert,
  Button,
  FileButton,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput
} from '@mantine/core'
import { IconMicrophone, IconPlayerPlay, IconPlayerStop, IconUpload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, apiFile } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { clock } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { recordSound, type Recorder } from './record-sound.ts'

type Way = 'speak' | 'record' | 'upload'

/** A file as an address that an audio element can play; let go when another one comes. */
function useAddress(file: Blob | null): string | null {
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    if (!file) {
      setAddress(null)
      return
    }
    const made = URL.createObjectURL(file)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return address
}

/** Start and stop, with the seconds so far. */
function Record({ onFile }: { onFile: (file: Blob) => void }) {
  const { t } = useTranslation()
  const recorder = useRef<Recorder | null>(null)
  const [seconds, setSeconds] = useState<number | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const isOn = seconds !== null
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => setSeconds((old) => (old ?? 0) + 1), 1000)
    return () => clearInterval(timer)
  }, [isOn])
  useEffect(() => () => recorder.current?.cancel(), [])
  const start = async (): Promise<void> => {
    setFailure(null)
    try {
      recorder.current = await recordSound()
      setSeconds(0)
    } catch {
      setFailure(t('softphone.microphone.blocked'))
    }
  }
  const stop = async (): Promise<void> => {
    const stopped = recorder.current
    recorder.current = null
    setSeconds(null)
    try {
      if (stopped) onFile(await stopped.stop())
    } catch {
      setFailure(t('setup.prompts.notRecorded'))
    }
  }
  return (
    <>
      <Button
        variant={isOn ? 'filled' : 'default'}
        color={isOn ? 'rust' : 'pine'}
        leftSection={isOn ? <IconPlayerStop size={17} /> : <IconMicrophone size={17} />}
        onClick={() => inBackground(isOn ? stop() : start())}
        data-testid="prompt-record"
      >
        {isOn ? `${t('setup.prompts.stop')} ${clock(seconds)}` : t('setup.prompts.record')}
      </Button>
      {failure && <Alert color="rust">{failure}</Alert>}
    </>
  )
}

/** Makes a prompt: spoken by the machine, recorded here, or from a file. */
export function NewPrompt({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [way, setWay] = useState<Way>('speak')
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const [locale, setLocale] = useState(i18n.language === 'en' ? 'en' : 'ru')
  const [file, setFile] = useState<Blob | null>(null)
  const preview = useMutation({
    mutationFn: () => apiFile('POST', '/api/prompts/preview', { text, locale }),
    onSuccess: setFile
  })
  const save = useMutation({
    mutationFn: () => {
      if (way === 'speak') return api('POST', '/api/prompts', { name, text, locale })
      const form = new FormData()
      form.set('name', name)
      form.set('locale', locale)
      form.set('file', file ?? new Blob(), file instanceof File ? file.name : 'recorded.wav')
      return api('POST', '/api/prompts', form)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      onClose()
    }
  })
  const address = useAddress(file)
  const failure = save.error ?? preview.error
  const canSave = name.trim() !== '' && (way === 'speak' ? text.trim() !== '' : file !== null)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('setup.prompts.add')}
      size="md"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          value={way}
          onChange={(next) => {
            setWay(next)
            setFile(null)
            save.reset()
          }}
          data={[
            { value: 'speak', label: t('setup.prompts.way.speak') },
            { value: 'record', label: t('setup.prompts.way.record') },
            { value: 'upload', label: t('setup.prompts.way.upload') }
          ]}
        />
        <TextInput
          label={t('settings.name')}
          required
          value={name}
          error={fieldErrors(failure)['name']}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="prompt-name"
        />
        <SegmentedControl
          size="xs"
          aria-label={t('shell.language')}
          value={locale}
          onChange={setLocale}
          data={[
            { value: 'ru', label: 'Русский' },
            { value: 'en', label: 'English' }
          ]}
        />
        {way === 'speak' && (
          <Textarea
            label={t('setup.prompts.words')}
            autosize
            minRows={3}
            maxRows={8}
            maxLength={2000}
            value={text}
            error={fieldErrors(failure)['text']}
            onChange={(event) => setText(event.currentTarget.value)}
            data-testid="prompt-text"
          />
        )}
        <Group>
          {way === 'speak' && (
            <Button
              variant="default"
              leftSection={<IconPlayerPlay size={17} />}
              disabled={text.trim() === ''}
              loading={preview.isPending}
              onClick={() => preview.mutate()}
              data-testid="prompt-preview"
            >
              {t('setup.prompts.preview')}
            </Button>
          )}
          {way === 'record' && <Record onFile={setFile} />}
          {way === 'upload' && (
            <FileButton accept="audio/*,.wav,.mp3,.ogg,.opus,.flac,.aiff" onChange={setFile}>
              {(props) => (
                <Button variant="default" leftSection={<IconUpload size={17} />} {...props}>
                  {file instanceof File ? file.name : t('setup.prompts.choose')}
                </Button>
              )}
            </FileButton>
          )}
        </Group>
        {address && <audio controls autoPlay={way === 'speak'} src={address} style={{ width: '100%' }} />}
        {way === 'upload' && (
          <Text c="dimmed" fz="xs">
            {t('setup.prompts.formats')}
          </Text>
        )}
        {failure && (
          <Alert color="rust" role="alert">
            {explain(failure)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            disabled={!canSave}
            loading={save.isPending}
            onClick={() => save.mutate()}
            data-testid="prompt-save"
          >
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
