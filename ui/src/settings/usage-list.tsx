import { Anchor, List, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { UsageReference } from '../../../api/contract/usage.ts'
import { usageEffects, type UsageKind } from '../../../api/contract/settings-words.ts'
import { formatPhone } from '../lib/format.ts'

/** Where a thing of a kind is changed; kinds without a page of their own are named only. */
const pages: Partial<Record<UsageKind, (id: string) => string>> = {
  scheme: (id) => `/schemes/${id}`,
  number: (id) => `/settings/numbers/${id}`,
  pool: (id) => `/settings/pools/${id}`,
  site: (id) => `/settings/sites/${id}`,
  group: (id) => `/settings/groups/${id}`,
  user: (id) => `/settings/users/${id}`,
  device: () => '/settings/devices',
  token: () => '/settings/tokens',
  dialList: () => '/settings/dial-lists',
  project: () => '/tasks/projects',
  webhook: (id) => `/settings/webhooks/${id}`
}

/** What uses a thing, by what becomes of it; each leads to where it is changed. */
export function UsageList({ references }: { references: readonly UsageReference[] }) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm" data-testid="usage-list">
      {usageEffects.map((effect) => {
        const found = references.filter((each) => each.effect === effect)
        if (found.length === 0) return null
        return (
          <div key={effect} data-effect={effect}>
            <Text fz="sm" fw={600} {...(effect === 'breaks' && { c: 'rust' })}>
              {t(`usage.effect.${effect}`)}
            </Text>
            <List fz="sm" spacing={2} mt={4}>
              {found.map((each) => (
                <List.Item key={each.kind}>
                  <UsageKindLine reference={each} />
                </List.Item>
              ))}
            </List>
          </div>
        )
      })}
    </Stack>
  )
}

/** Things of one kind in one line, each with its link. */
export function UsageKindLine({ reference: { kind, count, items } }: { reference: UsageReference }) {
  const { t } = useTranslation()
  const more = count - items.length
  const title = t(`usage.kind.${kind}`)
  if (items.length === 0) return <>{`${title}: ${count >= 1000 ? '1000+' : count}`}</>
  return (
    <>
      {`${title}: `}
      {items.map(({ id, name, blocks, isPublished }, index) => {
        const page = id === null ? undefined : pages[kind]
        const shown = kind === 'number' ? formatPhone(name) : name
        const notes = [
          ...(blocks ?? []).map((block) => t('usage.block', { name: block.label ?? block.id })),
          ...(isPublished === false ? [t('usage.draftOnly')] : [])
        ]
        return (
          <span key={id ?? name}>
            {index > 0 && ', '}
            {page && id !== null ? (
              <Anchor component={Link} to={page(id)} inherit underline="always">
                {shown}
              </Anchor>
            ) : (
              shown
            )}
            {notes.length > 0 && ` (${notes.join(', ')})`}
          </span>
        )
      })}
      {more > 0 && ` ${t('usage.more', { count: more })}`}
    </>
  )
}
