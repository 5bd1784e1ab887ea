import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core'
import { IconDownload, IconFileText, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { DealDocument, DocumentTemplate } from '../../../api/contract/documents.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, timeOfDay } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import styles from './documents.module.css'
import { refusalLines } from './refusal.ts'

const undoMs = 10_000

/** Documents of a deal: made of a template at a press, downloaded, taken away with an undo. */
export default function DealDocuments({ dealId }: { dealId: string }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const documents = useQuery({
    queryKey: ['documents', dealId],
    queryFn: () => api<{ items: DealDocument[] }>('GET', `/api/deals/${dealId}/documents`)
  })
  const templates = useQuery({
    queryKey: ['document-templates'],
    queryFn: () => api<{ items: DocumentTemplate[] }>('GET', '/api/document-templates'),
    staleTime: 60_000
  })
  const changed = (): Promise<unknown> => client.invalidateQueries({ queryKey: ['documents', dealId] })
  const onError = (error: Error): void => toast('rust', refusalLines(error, t)[0] ?? explain(error))
  const make = useMutation({
    mutationFn: (templateId: string) =>
      api<DealDocument>('POST', `/api/deals/${dealId}/documents`, { templateId }),
    onSuccess: async ({ fileName }) => {
      toast('pine', t('documents.made', { name: fileName }))
      await changed()
    },
    onError
  })
  const restore = useMutation({
    mutationFn: (id: string) => api('POST', `/api/documents/${id}/restore`, {}),
    onSuccess: changed,
    onError
  })
  const remove = useMutation({
    mutationFn: (document: DealDocument) => api('DELETE', `/api/documents/${document.id}`),
    onSuccess: async (_, { id, fileName }) => {
      toast('pine', t('documents.removed', { name: fileName }), undoMs, {
        label: t('documents.undo'),
        run: () => restore.mutate(id)
      })
      await changed()
    },
    onError
  })
  const items = documents.data?.items ?? []
  const choices = templates.data?.items ?? []
  return (
    <section data-testid="deal-documents">
      <Group justify="space-between" mb={4}>
        <div className="eyebrow">{t('documents.title')}</div>
        {choices.length > 0 && (
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<IconFileText size={14} />}
                loading={make.isPending}
                data-testid="make-document"
              >
                {t('documents.make')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {choices.map(({ id, name }) => (
                <Menu.Item key={id} onClick={() => make.mutate(id)}>
                  {name}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {items.length === 0 && (
        <Text c="dimmed" fz="sm">
          {choices.length > 0
            ? t('documents.none')
            : t(me.role === 'admin' ? 'documents.noTemplates' : 'documents.askAdmin')}
        </Text>
      )}
      <ul className={styles.files}>
        {items.map((document) => (
          <li key={document.id} data-testid="document">
            <IconFileText size={16} stroke={1.7} aria-hidden />
            <span className={styles.file}>
              <span className="cut">{document.fileName}</span>
              <Text fz="xs" c="dimmed" component="span">
                {[document.by?.name, `${dayOf(document.createdAt)}, ${timeOfDay(document.createdAt)}`]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </span>
            <ActionIcon
              component="a"
              href={`/api/documents/${document.id}/file`}
              download={document.fileName}
              variant="subtle"
              color="gray"
              aria-label={`${t('documents.download')}: ${document.fileName}`}
              data-testid="document-file"
            >
              <IconDownload size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('common.remove')}: ${document.fileName}`}
              onClick={() => remove.mutate(document)}
              data-testid="document-remove"
            >
              <IconTrash size={16} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </section>
  )
}
