import { Alert, Button, Checkbox, FileButton, Group, Loader, Modal, Stack, Text } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { CostImport, CostPreview } from '../../../api/contract/costs.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useLater } from '../lib/use-later.ts'
import styles from './costs.module.css'
import { ImportColumns, ImportSettings } from './import-settings.tsx'
import { PreviewRows, Problems } from './import-preview.tsx'
import { dayText, daysText, moneys } from './money.ts'
import { useDoing, useRefresh } from './queries.ts'

/** How the file is to be read, as the person says; what is left out is found by the headings. */
export interface Wishes {
  columns?: string | undefined
  separator?: string
  decimal?: string
  source?: string
  medium?: string
  campaign?: string
  currency?: string
  inquiryChannel?: string
  siteId?: string
}
interface Chosen {
  file: File
  /** A file of the same name may have been corrected meanwhile. */
  key: number
}

function formOf(file: File, wishes: Record<string, string | undefined>): FormData {
  const form = new FormData()
  for (const [key, value] of Object.entries(wishes)) if (value !== undefined) form.set(key, value)
  form.set('file', file, file.name)
  return form
}

/** Where a file is dropped or chosen. */
function Drop({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useTranslation()
  const [isOver, setOver] = useState(false)
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(is)
  }
  return (
    <div
      className={styles.drop}
      data-over={isOver ? '' : undefined}
      onDragEnter={over(true)}
      onDragOver={over(true)}
      onDragLeave={over(false)}
      onDrop={(event) => {
        over(false)(event)
        const [file] = event.dataTransfer.files
        if (file) onFile(file)
      }}
      data-testid="import-drop"
    >
      <IconFileUpload size={38} stroke={1.4} color="var(--rt-brand)" aria-hidden />
      <Text fw={600}>{t('costImport.drop')}</Text>
      <Text c="dimmed" fz="sm" maw={460}>
        {t('costImport.dropText')}
      </Text>
      <Choose onFile={onFile} label={t('costImport.choose')} isFirst />
    </div>
  )
}

function Choose({
  onFile,
  label,
  isFirst = false
}: {
  onFile: (file: File) => void
  label: string
  isFirst?: boolean
}) {
  return (
    <FileButton
      accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
      inputProps={{ 'aria-label': label }}
      onChange={(file) => {
        if (file) onFile(file)
      }}
    >
      {(props) => (
        <Button
          variant={isFirst ? 'filled' : 'default'}
          data-autofocus={isFirst ? true : undefined}
          {...props}
        >
          {label}
        </Button>
      )}
    </FileButton>
  )
}

/** From a file to costs: choose it, see what it would bring, take it. */
export function ImportWizard({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const choose = (file: File) => setChosen((old) => ({ file, key: (old?.key ?? 0) + 1 }))
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('costImport.title')}
      size={chosen ? 1120 : 'lg'}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div data-testid="import-wizard">
        {chosen ? (
          <Check key={chosen.key} file={chosen.file} onOther={choose} onClose={onClose} />
        ) : (
          <Drop onFile={choose} />
        )}
      </div>
    </Modal>
  )
}

function Check({
  file,
  onOther,
  onClose
}: {
  file: File
  onOther: (file: File) => void
  onClose: () => void
}) {
  const { t, i18n } = useTranslation()
  const [wishes, setWishes] = useState<Wishes>({})
  const [isReplacing, setReplacing] = useState(false)
  const [isRepeated, setRepeated] = useState(false)
  const asked = useLater(wishes, 300)
  const doing = useDoing()
  const refresh = useRefresh()
  const seen = useQuery({
    queryKey: ['costs', 'preview', file.name, file.lastModified, file.size, asked],
    queryFn: () => api<CostPreview>('POST', '/api/cost-imports/preview', formOf(file, { ...asked })),
    placeholderData: keepPreviousData,
    // Each answer holds for this file and these wishes only.
    gcTime: 0,
    retry: false
  })
  const take = useMutation({
    mutationFn: () =>
      api<CostImport>(
        'POST',
        '/api/cost-imports',
        formOf(file, {
          ...wishes,
          replace: String(isReplacing && data?.overlap !== null),
          repeat: String(isRepeated)
        })
      ),
    onSuccess: async (made) => {
      await refresh()
      onClose()
      doing(() => Promise.resolve(), t('costImport.imported', { count: made.rows }), {
        label: t('costs.undo'),
        done: t('costImports.undoneToast'),
        run: () => api('POST', `/api/cost-imports/${made.id}/undo`)
      })
    }
  })
  const { data } = seen
  const change = (changes: Wishes) => setWishes((old) => ({ ...old, ...changes }))
  if (!data) {
    return seen.isError ? (
      <Stack>
        <Alert color="rust" role="alert">
          {explain(seen.error)}
        </Alert>
        <Group>
          <Choose onFile={onOther} label={t('costImport.other')} isFirst />
        </Group>
      </Stack>
    ) : (
      <Stack align="center" p="xl">
        <Loader type="dots" />
        <Text c="dimmed">{t('costImport.reading')}</Text>
      </Stack>
    )
  }
  const isFresh = !seen.isFetching && asked === wishes
  const isBlocked = data.problemCount > 0 || (data.sameFile !== null && !isRepeated && !isReplacing)
  return (
    <Stack gap="md" aria-busy={!isFresh}>
      <div className={styles.facts}>
        <Text fw={600} className={styles.wrap ?? ''}>
          {file.name}
        </Text>
        <Text c="dimmed" fz="sm">
          {[
            data.dialect && t(`costImport.dialect.${data.dialect}`),
            t('costImport.lines', { count: data.rowCount }),
            data.from && data.to && daysText(data.from, data.to, i18n.language),
            data.totals.length > 0 && moneys(data.totals, i18n.language),
            t(`costImport.encoding.${data.encoding}`),
            data.sumLines.length > 0 && t('costImport.sumLines', { count: data.sumLines.length })
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </div>
      {data.sameFile && (
        <Alert color="amber" data-testid="import-same">
          <Stack gap={6}>
            {t('costImport.sameFile', { day: dayText(data.sameFile.createdAt) })}
            <Checkbox
              label={t('costImport.repeat')}
              checked={isRepeated}
              onChange={(event) => setRepeated(event.currentTarget.checked)}
              data-testid="import-repeat"
            />
          </Stack>
        </Alert>
      )}
      {data.overlap && (
        <Alert color="amber" data-testid="import-overlap">
          <Stack gap={6}>
            {t('costImport.overlap', {
              count: data.overlap.costs,
              amount: moneys(data.overlap.totals, i18n.language)
            })}
            <Checkbox
              label={t('costImport.replace')}
              description={t('costImport.replaceText')}
              checked={isReplacing}
              onChange={(event) => setReplacing(event.currentTarget.checked)}
              data-testid="import-replace"
            />
          </Stack>
        </Alert>
      )}
      <ImportColumns preview={data} onChange={change} />
      <ImportSettings preview={data} wishes={wishes} onChange={change} />
      {data.problemCount > 0 ? <Problems preview={data} /> : <PreviewRows preview={data} />}
      {take.isError && (
        <Alert color="rust" role="alert">
          {explain(take.error)}
        </Alert>
      )}
      <div className={styles.foot}>
        <Choose onFile={onOther} label={t('costImport.other')} />
        <Button
          disabled={isBlocked || !isFresh}
          loading={take.isPending}
          onClick={() => take.mutate()}
          data-testid="import-take"
        >
          {t('costImport.import', { count: data.rowCount })}
        </Button>
      </div>
    </Stack>
  )
}
