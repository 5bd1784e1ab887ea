import { Button, Group, Progress, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, type Method } from '../lib/api.ts'
import { upload } from '../lib/upload.ts'

/** A file on its way to the server; `share` is null while none is. */
export interface Uploading {
  share: number | null
  send: <T>(method: Method, path: string, form: FormData) => Promise<T>
  cancel: () => void
}

/** Sends one file at a time, and knows how far it is. */
export function useUpload(): Uploading {
  const [share, setShare] = useState<number | null>(null)
  const going = useRef<AbortController | null>(null)
  return {
    share,
    async send(method, path, form) {
      const control = new AbortController()
      going.current = control
      setShare(0)
      try {
        return await upload(method, path, form, { onShare: setShare, signal: control.signal })
      } finally {
        setShare(null)
      }
    },
    cancel: () => going.current?.abort()
  }
}

/** Somebody gave the upload up: nothing that they must be told. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === 'cancelled'

/** How far it is, in percent, and the way out. What has arrived is still converted. */
export function UploadBar({ uploading: { share, cancel } }: { uploading: Uploading }) {
  const { t } = useTranslation()
  if (share === null) return null
  const percent = Math.round(share * 100)
  const said = t(share < 1 ? 'setup.upload.going' : 'setup.upload.converting', { percent })
  return (
    <Group gap="sm" wrap="nowrap" data-testid="upload-bar">
      <div style={{ flex: 1, minWidth: 120 }}>
        <Text fz="xs" c="dimmed" className="num" role="status">
          {said}
        </Text>
        <Progress value={percent} animated={share === 1} aria-label={said} mt={3} />
      </div>
      {share < 1 && (
        <Button size="compact-sm" variant="default" onClick={cancel} data-testid="upload-cancel">
          {t('common.cancel')}
        </Button>
      )}
    </Group>
  )
}
