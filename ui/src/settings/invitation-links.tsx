import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Invitations } from '../../../api/contract/imports.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { Tall } from './tall.tsx'

/** No table program takes it for a formula. */
const cell = (text: string): string =>
  `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

/** Links for everybody who has no password yet: made on request, shown once, to be kept as a file. */
export function InvitationLinks() {
  const { t } = useTranslation()
  const make = useMutation({ mutationFn: () => api<Invitations>('POST', '/api/imports/invitations') })
  const items = make.data?.items ?? []
  const download = (): void => {
    const lines = [
      [t('settings.users.name'), t('login.login'), t('imports.link')],
      ...items.map(({ name, login, url }) => [name, login, url])
    ]
    const text = `\uFEFF${lines.map((line) => line.map(cell).join(';')).join('\r\n')}\r\n`
    const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    const link = document.createElement('a')
    link.href = url
    link.download = 'invitations.csv'
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <Stack gap="sm" data-testid="invitations">
      {make.isError && (
        <Alert color="rust" role="alert">
          {explain(make.error)}
        </Alert>
      )}
      {!make.data && (
        <Group>
          <Text flex={1}>{t('imports.inviteText')}</Text>
          <Button loading={make.isPending} onClick={() => make.mutate()} data-testid="invite-all">
            {t('imports.invite')}
          </Button>
        </Group>
      )}
      {make.data && items.length === 0 && <Text>{t('imports.inviteNone')}</Text>}
      {items.length > 0 && (
        <>
          <Group>
            <Text flex={1}>{t('imports.inviteOnce')}</Text>
            <Button leftSection={<IconDownload size={16} />} onClick={download} data-testid="invite-download">
              {t('imports.inviteDownload')}
            </Button>
          </Group>
          <Tall label={t('imports.inviteOnce')}>
            <Table fz="sm">
              <Table.Tbody>
                {items.map(({ userId, name, login, url }) => (
                  <Table.Tr key={userId}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{login}</Table.Td>
                    <Table.Td fz="xs" style={{ wordBreak: 'break-all' }}>
                      {url}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Tall>
        </>
      )}
    </Stack>
  )
}
