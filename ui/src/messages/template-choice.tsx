import { Button, Menu } from '@mantine/core'
import { IconTemplate } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { query } from '../lib/query.ts'
import { toast } from '../lib/toast.tsx'
import { useTemplates } from './queries.ts'

interface Props {
  conversationId?: string
  contactId?: string | null
  onChoose: (filled: { subject: string; text: string }) => void
}

/** Texts that are said often, with what is known of the client. Nothing where there are none. */
export function TemplateChoice({ conversationId, contactId, onChoose }: Props) {
  const { t } = useTranslation()
  const templates = useTemplates()
  const choose = useMutation({
    mutationFn: (id: string) =>
      api<{ subject: string; text: string }>(
        'GET',
        `/api/message-templates/${id}/filled${query({ conversationId, contactId })}`
      ),
    onSuccess: onChoose,
    onError: (error) => toast('rust', explain(error))
  })
  const items = templates.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Menu position="top-start" shadow="md">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconTemplate size={15} />}
          loading={choose.isPending}
          data-testid="templates"
        >
          {t('talks.template')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {items.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => choose.mutate(id)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
