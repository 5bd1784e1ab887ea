import { ActionIcon, Button, Popover, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callColumns, type CallColumn } from '../../../api/contract/journal-fields.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import type { ColumnKey } from './columns.tsx'
import { selectionBody, type Filters } from './filters.ts'

/** The columns of the screen as those of a file: the client is two of them there. */
const inFile = (shown: readonly ColumnKey[]): CallColumn[] => [
  ...new Set(
    shown.flatMap<CallColumn>((name) => {
      if (name === 'caller') return ['callerNumber', 'contact']
      return name === 'source' ? ['source', 'campaign', 'keyword'] : [name]
    })
  )
]

/** Orders a file of everything that the filters let through. */
export function ExportMenu({ filters, shown }: { filters: Filters; shown: readonly ColumnKey[] }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [format, setFormat] = useState('xlsx')
  const [which, setWhich] = useState('shown')
  const order = useMutation({
    mutationFn: () =>
      api<{ jobId: string }>('POST', '/api/calls/export', {
        query: selectionBody(filters),
        columns: which === 'shown' ? inFile(shown) : callColumns,
        format,
        locale: i18next.language === 'ru' ? 'ru' : 'en'
      }),
    onSuccess: async () => {
      setOpen(false)
      toast('pine', t('export.started'))
      await client.invalidateQueries({ queryKey: ['jobs'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" width={300} trapFocus>
      <Popover.Target>
        <Tooltip label={t('export.title')}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t('export.title')}
            onClick={() => setOpen(!isOpen)}
            data-testid="export"
          >
            <IconDownload size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text fz="sm">{t('export.text')}</Text>
          <SegmentedControl
            size="xs"
            aria-label={t('export.title')}
            value={format}
            data={[
              { value: 'xlsx', label: t('export.xlsx') },
              { value: 'csv', label: t('export.csv') }
            ]}
            onChange={setFormat}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('export.columns')}
            value={which}
            data={[
              { value: 'shown', label: t('export.shownColumns') },
              { value: 'all', label: t('export.allColumns') }
            ]}
            onChange={setWhich}
          />
          <Button
            size="xs"
            loading={order.isPending}
            onClick={() => order.mutate()}
            data-testid="export-start"
          >
            {t('export.start')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
