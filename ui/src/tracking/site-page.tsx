import { ActionIcon, Group, Skeleton, Text, Title } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useParams } from 'react-router'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useAll } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { useMe } from '../session/session.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { SiteCheck } from './site-check.tsx'
import { SiteForms } from './site-forms.tsx'
import { SiteGeneral } from './site-general.tsx'
import { SiteInstall } from './site-install.tsx'
import { SiteWidget } from './site-widget.tsx'
import type { Site } from './sites.tsx'
import { AddressTabs, Back } from './tabs.tsx'

const names = ['install', 'numbers', 'widget', 'forms', 'check'] as const

/** One site with everything that runs in its pages. */
export function SitePage({ id }: { id: string }) {
  const { t } = useTranslation()
  const me = useMe()
  const { tab } = useParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const sites = useAll<Site>('sites')
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/api/sites/${id}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['all'] })
      await navigate('/settings/sites')
    },
    onError: (error) => toast('rust', explain(error))
  })
  const back = <Back to="/settings/sites" label={t('tracking.sites.back')} />
  if (sites.isPending) return <Skeleton height={320} radius="lg" />
  const site = sites.data?.find((one) => one.id === id)
  if (!site)
    return (
      <>
        {back}
        <Text mt="md">{sites.isError ? explain(sites.error) : t('tracking.sites.gone')}</Text>
      </>
    )
  const chosen = names.find((name) => name === tab)
  if (!chosen)
    return (
      <Navigate
        to={`/settings/sites/${id}/${site.numberGroups.length > 0 ? 'numbers' : 'install'}`}
        replace
      />
    )
  const content = {
    install: () => <SiteInstall site={site} />,
    numbers: () => <SiteGeneral site={site} />,
    widget: () => <SiteWidget site={site} />,
    forms: () => <SiteForms site={site} />,
    check: () => <SiteCheck site={site} />
  }
  return (
    <section data-testid="site-page">
      {back}
      <Group justify="space-between" align="flex-start" mb="sm" wrap="nowrap">
        <div>
          <Title order={2}>{site.name}</Title>
          <Text c="dimmed">{site.domain}</Text>
        </div>
        {me.role === 'admin' && (
          <ConfirmButton
            text={t('common.removeText', { name: site.name })}
            confirm={t('common.remove')}
            onConfirm={() => remove.mutate()}
          >
            {(ask) => (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${t('common.remove')}: ${site.name}`}
                onClick={ask}
                data-testid="remove-sites"
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </ConfirmButton>
        )}
      </Group>
      <AddressTabs
        base={`/settings/sites/${id}`}
        tab={chosen}
        label={site.name}
        tabs={names.map((name) => ({ name, label: t(`tracking.tab.${name}`), content: content[name] }))}
      />
    </section>
  )
}
