import './styles.ts'
import { Badge, Button, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { z } from 'zod'
import type { site as siteShape } from '../../../api/contract/config.ts'
import type { NumberPool } from '../../../api/contract/track.ts'
import { explain } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { useMe } from '../session/session.ts'
import { ResourceForm } from '../settings/resource-form.tsx'
import settings from '../settings/settings.module.css'
import { KeepSettings } from './keep.tsx'
import { SitePage } from './site-page.tsx'

export type Site = z.infer<typeof siteShape>

/** The sites, or one of them. */
export function SitesSection() {
  const { id } = useParams()
  return id ? <SitePage id={id} /> : <Sites />
}

function Sites() {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const sites = useAll<Site>('sites')
  const pools = useAll<NumberPool>('number-pools')
  const [isAdding, setAdding] = useState(false)
  const isSetUp = (site: Site): boolean =>
    site.numberGroups.length > 0 &&
    (pools.data ?? []).some((pool) => pool.siteId === site.id && pool.isActive)
  return (
    <section>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Title order={2}>{t('settings.sites.title')}</Title>
          <Text c="dimmed" maw={620}>
            {t('tracking.sites.text')}
          </Text>
        </div>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)} data-testid="add-sites">
          {t('settings.sites.add')}
        </Button>
      </Group>
      <div className={`sheet ${settings.tableSheet}`}>
        {sites.isPending && <Skeleton height={120} m="md" />}
        {sites.isError && (
          <Stack p="lg" align="center">
            <Text>{explain(sites.error)}</Text>
            <Button variant="default" onClick={() => inBackground(sites.refetch())}>
              {t('common.retry')}
            </Button>
          </Stack>
        )}
        {sites.data?.length === 0 && (
          <Text c="dimmed" ta="center" p="xl">
            {t('tracking.sites.empty')}
          </Text>
        )}
        {sites.data && sites.data.length > 0 && (
          <Table verticalSpacing={10} horizontalSpacing="md" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('settings.name')}</Table.Th>
                <Table.Th>{t('settings.sites.domain')}</Table.Th>
                <Table.Th>{t('tracking.sites.visits')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sites.data.map((site) => (
                <Table.Tr
                  key={site.id}
                  data-testid="sites-row"
                  style={{ cursor: 'pointer' }}
                  onClick={() => inBackground(navigate(`/settings/sites/${site.id}`))}
                >
                  <Table.Td>
                    <Link
                      to={`/settings/sites/${site.id}`}
                      className={settings.open ?? ''}
                      style={{ textDecoration: 'none' }}
                    >
                      {site.name}
                    </Link>
                  </Table.Td>
                  <Table.Td>{site.domain}</Table.Td>
                  <Table.Td>
                    <Badge color={isSetUp(site) ? 'pine' : 'gray'} variant="light" tt="none">
                      {t(isSetUp(site) ? 'tracking.sites.on' : 'tracking.sites.off')}
                    </Badge>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </div>
      {me.role === 'admin' && <KeepSettings />}
      {isAdding && (
        <ResourceForm
          title={t('settings.sites.add')}
          path="/api/sites"
          id={null}
          fields={[
            { name: 'name', label: t('settings.name'), type: 'text', isRequired: true },
            {
              name: 'domain',
              label: t('settings.sites.domain'),
              type: 'text',
              isRequired: true,
              placeholder: 'example.ru'
            }
          ]}
          initial={{ name: '', domain: '' }}
          toBody={(values) => values}
          onClose={() => setAdding(false)}
          onSaved={(made) => inBackground(navigate(`/settings/sites/${(made as Site).id}/install`))}
        />
      )}
    </section>
  )
}
