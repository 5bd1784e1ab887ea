import { Button, Menu } from '@mantine/core'
import {
  IconChevronDown,
  IconDownload,
  IconFileSpreadsheet,
  IconFileText,
  IconMail
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import { apiFile } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { reportParams, type ReportName } from './queries.ts'
import type { ViewState } from './use-view.ts'

const Mailings = lazy(withTexts(['reports'], () => import('./mailings.tsx')))

/** Hands a file over to the browser. */
function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

interface Props {
  name: ReportName
  state: ViewState
  /** More of the query that makes the report what it is. */
  more: Readonly<Record<string, string>>
}

/** The report as a file, now or regularly by mail. */
export function ExportMenu({ name, state, more }: Props) {
  const { t } = useTranslation()
  const [areMailingsOpen, setMailingsOpen] = useState(false)
  const { view, days } = state
  const download = useMutation({
    mutationFn: async (format: 'csv' | 'xlsx') => {
      const params = reportParams(view, days, { ...more, format })
      const file = await apiFile('GET', `/api/reports/${name}?${params.toString()}`)
      save(file, `${name}-${days.from}-${days.to}.${format}`)
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            h={32}
            loading={download.isPending}
            leftSection={<IconDownload size={15} />}
            rightSection={<IconChevronDown size={13} />}
            data-testid="export"
          >
            {t('reports.export.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFileSpreadsheet size={16} />}
            onClick={() => download.mutate('xlsx')}
            data-testid="export-xlsx"
          >
            {t('reports.export.xlsx')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFileText size={16} />}
            onClick={() => download.mutate('csv')}
            data-testid="export-csv"
          >
            {t('reports.export.csv')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconMail size={16} />}
            onClick={() => setMailingsOpen(true)}
            data-testid="mailings"
          >
            {t('reports.mail.open')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {areMailingsOpen && (
        <Suspense>
          <Mailings name={name} state={state} more={more} onClose={() => setMailingsOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
