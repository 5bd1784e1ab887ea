import { ActionIcon, FileButton, Group } from '@mantine/core'
import { IconPaperclip, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { MessageFile } from '../../../api/contract/messages.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import styles from './messages.module.css'

interface Props {
  files: readonly MessageFile[]
  onChange: (files: MessageFile[]) => void
}

/** Files of a message that is being written. */
export function Files({ files, onChange }: Props) {
  const { t } = useTranslation()
  const bring = useMutation({
    mutationFn: async (chosen: File[]) => {
      const brought: MessageFile[] = []
      for (const file of chosen) {
        const form = new FormData()
        form.set('file', file)
        brought.push(await api<MessageFile>('POST', '/api/message-files', form))
      }
      return brought
    },
    onSuccess: (brought) => onChange([...files, ...brought]),
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Group gap={6}>
      <FileButton multiple onChange={(chosen) => bring.mutate(chosen)}>
        {(props) => (
          <ActionIcon
            {...props}
            variant="subtle"
            color="gray"
            loading={bring.isPending}
            aria-label={t('talks.attach')}
          >
            <IconPaperclip size={18} />
          </ActionIcon>
        )}
      </FileButton>
      {files.map((file) => (
        <span key={file.id} className={styles.file}>
          {file.name}
          <ActionIcon
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={t('talks.detach', { name: file.name })}
            onClick={() => onChange(files.filter(({ id }) => id !== file.id))}
          >
            <IconX size={12} />
          </ActionIcon>
        </span>
      ))}
    </Group>
  )
}
