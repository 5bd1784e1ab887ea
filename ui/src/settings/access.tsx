import { Badge, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiToken } from '../../../api/contract/access.ts'
import { dayOf } from '../lib/format.ts'
import { useUsers } from '../lib/lookups.ts'
import type { Scope } from '../../../api/contract/settings-words.ts'
import { ResourceTable } from './resource-table.tsx'
import { splitScope, TokenDialog } from './token-dialog.tsx'

/** Keys for machines that call the API. */
export function TokensSection() {
  const { t } = useTranslation()
  const users = useUsers()
  const [isAdding, setAdding] = useState(false)
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
          {
            header: t('scopes.access'),
            cell: (token) => (token.scopes ? <Scopes scopes={token.scopes} /> : t('scopes.full'))
          },
          {
            header: t('scopes.until'),
            cell: (token) => <Expiry at={token.expiresAt} />
          },
          {
            header: t('setup.tokens.used'),
            cell: (token) => (token.lastUsedAt ? dayOf(token.lastUsedAt) : t('scopes.unused'))
          }
        ]}
        fields={() => []}
        toForm={() => ({})}
        onAdd={() => setAdding(true)}
      />
      {isAdding && (
        <TokenDialog
          onClose={() => setAdding(false)}
          onMade={(token) => {
            setAdding(false)
            setMade(token)
          }}
        />
      )}
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        title={t('setup.tokens.secret')}
        size="md"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack>
          <Text>{t('setup.tokens.secretText')}</Text>
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="token">
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

/** What a token is limited to: its areas, with their verbs. */
function Scopes({ scopes }: { scopes: readonly Scope[] }) {
  const { t } = useTranslation()
  const areas = [...new Set(scopes.map((scope) => splitScope(scope).area))]
  return (
    <Text fz="sm" maw={340}>
      {areas
        .map((area) => {
          const verbs = scopes.map(splitScope).filter((each) => each.area === area)
          return `${t(`scopes.area.${area}`)} (${verbs.map(({ verb }) => t(`scopes.verb.${verb}`)).join(', ')})`
        })
        .join('; ')}
    </Text>
  )
}

function Expiry({ at }: { at: string | null }) {
  const { t } = useTranslation()
  if (at === null) return <>{t('scopes.ends.never')}</>
  if (Date.parse(at) > Date.now()) return <>{dayOf(at)}</>
  return (
    <Badge color="rust" variant="light" tt="none">
      {t('scopes.expired')}
    </Badge>
  )
}
