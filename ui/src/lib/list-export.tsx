import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconFileDownload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import type { ExportedList } from '../../../api/contract/list-exports.ts'
import { useMe } from '../session/session.ts'
import { api } from './api.ts'
import { explain } from './explain.ts'
import { toast } from './toast.tsx'

const formats = ['xlsx', 'csv'] as const

interface Props {
  list: ExportedList
  /** Of the list as it is shown. */
  filter: Readonly<Record<string, string | null | undefined>>
}

/** Orders a file of everything in a list that its filters let through. Operators see lists and take no files of them. */
export default function ListExport({ list, filter }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const order = useMutation({
    mutationFn: (format: (typeof formats)[number]) =>
      api<{ jobId: string }>('POST', '/api/list-exports', {
        list,
        query: Object.fromEntries(Object.entries(filter).filter(([, value]) => Boolean(value))),
        format,
        locale: i18next.language === 'ru' ? 'ru' : 'en'
      }),
    onSuccess: async () => {
      toast('pine', t('listExport.started'))
      await client.invalidateQueries({ queryKey: ['jobs'] })
    },
    onError: (error) => toast('rust', explain(error))
  })
  if (me.role === 'operator') return null
  return (
    <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Tooltip label={t(`listExport.title.${list}`)}>
          <ActionIcon
            variant="default"
            size={30}
            loading={order.isPending}
            aria-label={t(`listExport.title.${list}`)}
            data-testid="list-export"
          >
            <IconFileDownload size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label maw={260}>{t('listExport.text')}</Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format} onClick={() => order.mutate(format)} data-testid={`list-export-${format}`}>
            {t(`listExport.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
