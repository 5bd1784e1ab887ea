import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiToken } from '../../../api/contract/access.ts'
import { dayOf } from '../lib/format.ts'
import { useUsers } from '../lib/lookups.ts'
import { ResourceTable } from './resource-table.tsx'

/** Keys for machines that call the API. */
export function TokensSection() {
  const { t } = useTranslation()
  const users = useUsers()
  const [made, setMade] = useState<string | null>(null)
  const names = new Map((users.data ?? []).map((user) => [user.id, user.name]))
  return (
    <>
      <ResourceTable<ApiToken>
        things="tokens"
        title={t('setup.tokens.title')}
        text={t('setup.tokens.text')}
        addLabel={t('setup.tokens.add')}
        nameOf={(token) => token.name}
        isFixed
        columns={[
          { header: t('settings.name'), cell: (token) => token.name },
          { header: t('setup.tokens.rights'), cell: (token) => names.get(token.userId) ?? '…' },
          { header: t('setup.since'), cell: (token) => dayOf(token.createdAt) },
          {
            header: t('setup.tokens.used'),
            cell: (token) => (token.lastUsedAt ? dayOf(token.lastUsedAt) : t('setup.tokens.never'))
          }
        ]}
        fields={() => [
          { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
          {
            name: 'userId',
            label: t('setup.tokens.rights'),
            type: 'select',
            canClear: true,
            help: t('setup.tokens.rightsHelp'),
            options: (users.data ?? []).map((user) => ({ value: user.id, label: user.name }))
          }
        ]}
        toForm={() => ({ name: '', userId: null })}
        toBody={({ name, userId }) => ({ name, ...(userId ? { userId } : {}) })}
        onSaved={(answer) => setMade((answer as { token: string }).token)}
      />
      <Modal opened={made !== null} onClose={() => setMade(null)} title={t('setup.tokens.secret')} size="md">
        <Stack>
          <Text>{t('setup.tokens.secretText')}</Text>
          <Code block data-testid="token">
            {made}
          </Code>
          <Group justify="flex-end">
            <CopyButton value={made ?? ''}>
              {({ copied, copy }) => (
                <Button onClick={copy}>{t(copied ? 'common.copied' : 'common.copy')}</Button>
              )}
            </CopyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
