import {
  Alert,
  Button,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput
} from '@mantine/core'
import { IconMicrophone, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, apiFile } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { clock } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { ByPhone } from '../prompts/by-phone.tsx'
import { DropFile } from '../prompts/drop-file.tsx'
import { Level } from '../prompts/level.tsx'
import { isCancelled, UploadBar, useUpload } from '../prompts/upload-bar.tsx'
import { Trim } from '../prompts/trim.tsx'
import type { Dictation, Prompt } from '../../../api/contract/media.ts'
import { recordSound, type Recorder } from './record-sound.ts'

type Way = 'speak' | 'record' | 'phone' | 'upload'

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
  const level = useCallback((): number => recorder.current?.level() ?? 0, [])
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
      {isOn && <Level read={level} />}
      {failure && <Alert color="rust">{failure}</Alert>}
    </>
  )
}

/**
 * Makes a prompt, or gives one new audio: spoken by the machine, recorded here or by telephone, or from a file.
 * @param prompt the one whose audio is replaced; its name, its id and its schemes stay
 */
export function NewPrompt({ prompt = null, onClose }: { prompt?: Prompt | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [way, setWay] = useState<Way>('speak')
  const [dictated, setDictated] = useState<Dictation | null>(null)
  const [name, setName] = useState(prompt?.name ?? '')
  const [text, setText] = useState(prompt?.text ?? '')
  const [locale, setLocale] = useState(i18n.language === 'en' ? 'en' : 'ru')
  const [file, setFile] = useState<Blob | null>(null)
  const preview = useMutation({
    mutationFn: () => apiFile('POST', '/api/prompts/preview', { text, locale }),
    onSuccess: setFile
  })
  const uploading = useUpload()
  const save = useMutation({
    mutationFn: () => {
      const [method, path] = prompt
        ? (['PUT', `/api/prompts/${prompt.id}/audio`] as const)
        : (['POST', '/api/prompts'] as const)
      const about = prompt ? {} : { name, locale }
      if (way === 'speak') return api(method, path, { ...about, text, locale })
      if (way === 'phone') return api(method, path, { ...about, dictationId: dictated?.id })
      const form = new FormData()
      for (const [key, value] of Object.entries(about)) form.set(key, value)
      form.set('file', file ?? new Blob(), file instanceof File ? file.name : 'recorded.wav')
      return uploading.send(method, path, form)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      onClose()
    }
  })
  const address = useAddress(file)
  const failure = isCancelled(save.error) ? preview.error : (save.error ?? preview.error)
  const canSave =
    name.trim() !== '' &&
    (way === 'speak' ? text.trim() !== '' : way === 'phone' ? dictated !== null : file !== null)
  return (
    <Modal
      opened
      onClose={onClose}
      title={prompt ? t('setup.prompts.replaceTitle', { name: prompt.name }) : t('setup.prompts.add')}
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
            setDictated(null)
            save.reset()
          }}
          data={[
            { value: 'speak', label: t('setup.prompts.way.speak') },
            { value: 'record', label: t('setup.prompts.way.record') },
            { value: 'phone', label: t('setup.prompts.way.phone') },
            { value: 'upload', label: t('setup.prompts.way.upload') }
          ]}
        />
        {!prompt && (
          <TextInput
            label={t('settings.name')}
            required
            value={name}
            error={fieldErrors(failure)['name']}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="prompt-name"
          />
        )}
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
          {way === 'phone' && <ByPhone locale={locale} onKept={setDictated} />}
          {way === 'upload' && <DropFile file={file} onFile={setFile} />}
        </Group>
        {address && <audio controls autoPlay={way === 'speak'} src={address} style={{ width: '100%' }} />}
        {way === 'record' && file && <Trim file={file} onTrimmed={setFile} />}
        {way === 'phone' && dictated && (
          <audio controls src={`/api/dictations/${dictated.id}/audio`} style={{ width: '100%' }} />
        )}
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
        <UploadBar uploading={uploading} />
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
