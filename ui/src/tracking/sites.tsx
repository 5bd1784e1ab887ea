import './styles.ts'
import { Badge, Table } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { z } from 'zod'
import type { site as siteShape } from '../../../api/contract/config.ts'
import type { NumberPool } from '../../../api/contract/track.ts'
import { inBackground } from '../lib/in-background.ts'
import { useAll } from '../lib/lookups.ts'
import { useMe } from '../session/session.ts'
import { ResourceForm } from '../settings/resource-form.tsx'
import { SectionHead } from '../settings/section-head.tsx'
import settings from '../settings/settings.module.css'
import { TableSheet } from '../settings/table-sheet.tsx'
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
      <SectionHead
        title={t('settings.sites.title')}
        text={t('tracking.sites.text')}
        addLabel={t('settings.sites.add')}
        onAdd={() => setAdding(true)}
        things="sites"
      />
      <TableSheet
        query={sites}
        empty={t('tracking.sites.empty')}
        head={
          <>
            <Table.Th>{t('settings.name')}</Table.Th>
            <Table.Th>{t('settings.sites.domain')}</Table.Th>
            <Table.Th>{t('tracking.sites.visits')}</Table.Th>
          </>
        }
        row={(site) => (
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
        )}
      />
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
