import { Button, FileButton, Text } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'

/** A file with sound: chosen, or dropped here. */
export function DropFile({ file, onFile }: { file: Blob | null; onFile: (file: File) => void }) {
  const { t } = useTranslation()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    const dropped = event.dataTransfer.files[0]
    if (dropped) onFile(dropped)
  }
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      style={{
        alignItems: 'center',
        background: isOver ? 'var(--mantine-color-pine-light)' : 'transparent',
        border: '1.5px dashed var(--mantine-color-default-border)',
        borderRadius: 10,
        display: 'grid',
        gap: 8,
        justifyItems: 'center',
        padding: 18,
        width: '100%'
      }}
      data-testid="drop-file"
    >
      <Text fz="sm" c="dimmed">
        {t('setup.prompts.drop')}
      </Text>
      <FileButton
        accept="audio/*,.wav,.mp3,.ogg,.opus,.flac,.aiff"
        onChange={(chosen) => {
          if (chosen) onFile(chosen)
        }}
      >
        {(props) => (
          <Button variant="default" leftSection={<IconUpload size={17} />} {...props}>
            {file instanceof File ? file.name : t('setup.prompts.choose')}
          </Button>
        )}
      </FileButton>
    </div>
  )
}
