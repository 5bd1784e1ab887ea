import '../styles/later.ts'
import {
  ActionIcon,
  Alert,
  Button,
  CopyButton,
  FileButton,
  Group,
  Skeleton,
  Text,
  TextInput
} from '@mantine/core'
import { IconCopy, IconDownload, IconEye, IconTrash, IconUpload } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DocumentPlaceholders, DocumentTemplate } from '../../../api/contract/documents.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import styles from './documents.module.css'
import { refusalLines } from './refusal.ts'

const undoMs = 10_000

function Placeholder({ name, sample }: { name: string; sample: string }) {
  const { t } = useTranslation()
  const text = `{{${name}}}`
  return (
    <li>
      <code>{text}</code>
      <span className={styles.sample}>{sample}</span>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon
            size="sm"
            variant="subtle"
            color={copied ? 'pine' : 'gray'}
            aria-label={`${t(copied ? 'common.copied' : 'common.copy')}: ${text}`}
            onClick={copy}
          >
            <IconCopy size={14} />
          </ActionIcon>
        )}
      </CopyButton>
    </li>
  )
}

function Placeholders() {
  const { t } = useTranslation()
  const { data, error } = useQuery({
    queryKey: ['document-placeholders'],
    queryFn: () => api<DocumentPlaceholders>('GET', '/api/document-placeholders'),
    staleTime: 600_000
  })
  if (error) return <Text>{explain(error)}</Text>
  if (!data) return <Skeleton height={240} />
  return (
    <section className={`sheet ${styles.words}`}>
      <Text fw={600}>{t('documents.placeholders')}</Text>
      <Text c="dimmed" fz="sm" mb="xs">
        {t('documents.placeholdersText')}
      </Text>
      <ul>
        {data.plain.map((each) => (
          <Placeholder key={each.name} {...each} />
        ))}
      </ul>
      <Text fw={600} mt="md">
        {t('documents.lines')}
      </Text>
      <Text c="dimmed" fz="sm" mb="xs">
        {t('documents.linesText')}
      </Text>
      <ul>
        <Placeholder name="#lines" sample={t('documents.linesBegin')} />
        {data.line.map((each) => (
          <Placeholder key={each.name} {...each} />
        ))}
        <Placeholder name="/lines" sample={t('documents.linesEnd')} />
      </ul>
      <Text fw={600} mt="md">
        {t('documents.pdf')}
      </Text>
      <Text c="dimmed" fz="sm">
        {t('documents.pdfText')}
      </Text>
    </section>
  )
}

function Name({ template, onSave }: { template: DocumentTemplate; onSave: (name: string) => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(template.name)
  return (
    <TextInput
      size="xs"
      aria-label={t('documents.name')}
      value={name}
      maxLength={200}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => {
        const wanted = name.trim()
        if (wanted === '') setName(template.name)
        else if (wanted !== template.name) onSave(wanted)
      }}
    />
  )
}

/** Templates of documents: uploaded, tried with made-up values, taken away with an undo; and what they may name. */
export default function TemplatesPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const found = useQuery({
    queryKey: ['document-templates'],
    queryFn: () => api<{ items: DocumentTemplate[] }>('GET', '/api/document-templates')
  })
  const changed = (): Promise<unknown> => client.invalidateQueries({ queryKey: ['document-templates'] })
  const onError = (error: Error): void => toast('rust', explain(error))
  const upload = useMutation({
    mutationFn: (file: File) => {
      const form = new FormData()
      form.set('file', file)
      return api<DocumentTemplate>('POST', '/api/document-templates', form)
    },
    onSuccess: async ({ name }) => {
      toast('pine', t('documents.added', { name }))
      await changed()
    }
  })
  const rename = useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      api('PATCH', `/api/document-templates/${id}`, { name }),
    onSuccess: changed,
    onError
  })
  const restore = useMutation({
    mutationFn: (id: string) => api('POST', `/api/document-templates/${id}/restore`, {}),
    onSuccess: changed,
    onError
  })
  const remove = useMutation({
    mutationFn: ({ id }: DocumentTemplate) => api('DELETE', `/api/document-templates/${id}`),
    onSuccess: async (_, { id, name }) => {
      toast('pine', t('documents.removed', { name }), undoMs, {
        label: t('documents.undo'),
        run: () => restore.mutate(id)
      })
      await changed()
    },
    onError
  })
  const lines = upload.error ? refusalLines(upload.error, t) : []
  const items = found.data?.items ?? []
  return (
    <div data-testid="document-templates">
      <Group justify="space-between" mb="sm">
        <Text c="dimmed" maw={560}>
          {t('documents.pageText')}
        </Text>
        <FileButton
          accept=".docx,.pdf,application/pdf,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
          onChange={(file) => file && upload.mutate(file)}
        >
          {(props) => (
            <Button
              {...props}
              size="xs"
              leftSection={<IconUpload size={15} />}
              loading={upload.isPending}
              data-testid="upload-template"
            >
              {t('documents.upload')}
            </Button>
          )}
        </FileButton>
      </Group>
      {upload.error && (
        <Alert
          color="rust"
          mb="sm"
          role="alert"
          title={t('documents.refused')}
          withCloseButton
          closeButtonLabel={t('common.close')}
          onClose={() => upload.reset()}
          data-testid="template-refused"
        >
          {lines.length === 0 ? (
            explain(upload.error)
          ) : (
            <ul className={styles.faults}>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
        </Alert>
      )}
      {found.isPending && <Skeleton height={120} radius="lg" />}
      {found.isError && <Text>{explain(found.error)}</Text>}
      {found.data && items.length === 0 && (
        <div className={`sheet ${styles.empty}`}>
          <Text fw={600}>{t('documents.empty')}</Text>
          <Text c="dimmed">{t('documents.emptyText')}</Text>
        </div>
      )}
      {items.length > 0 && (
        <ul className={`sheet ${styles.templates}`}>
          {items.map((template) => (
            <li key={template.id} data-testid="template">
              <Name
                key={template.name}
                template={template}
                onSave={(name) => rename.mutate({ id: template.id, name })}
              />
              <Text fz="xs" c="dimmed" className="cut">
                {[
                  template.fileName,
                  t('documents.fields', { count: template.fields.length }),
                  dayOf(template.createdAt)
                ].join(' · ')}
              </Text>
              <Group gap={4} wrap="nowrap">
                <Button
                  component="a"
                  size="compact-xs"
                  variant="default"
                  href={`/api/document-templates/${template.id}/sample`}
                  leftSection={<IconEye size={14} />}
                  data-testid="template-sample"
                >
                  {t('documents.try')}
                </Button>
                <ActionIcon
                  component="a"
                  href={`/api/document-templates/${template.id}/file`}
                  variant="subtle"
                  color="gray"
                  aria-label={`${t('documents.download')}: ${template.name}`}
                >
                  <IconDownload size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`${t('common.remove')}: ${template.name}`}
                  onClick={() => remove.mutate(template)}
                  data-testid="template-remove"
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ul>
      )}
      <Placeholders />
    </div>
  )
}
