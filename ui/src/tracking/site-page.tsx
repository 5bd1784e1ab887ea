import { Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/session.ts'
import { OnePage } from './one-page.tsx'
import { SiteCheck } from './site-check.tsx'
import { SiteForms } from './site-forms.tsx'
import { SiteGeneral } from './site-general.tsx'
import { SiteInstall } from './site-install.tsx'
import { SiteWidget } from './site-widget.tsx'
import type { Site } from './sites.tsx'

const names = ['install', 'numbers', 'widget', 'forms', 'check'] as const

/** One site with everything that runs in its pages. */
export function SitePage({ id }: { id: string }) {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <OnePage
      id={id}
      things="sites"
      home="/settings/sites"
      back={t('tracking.sites.back')}
      gone={t('tracking.sites.gone')}
      names={names}
      first={(site) => (site.numberGroups.length > 0 ? 'numbers' : 'install')}
      tabLabel={(name) => t(`tracking.tab.${name}`)}
      content={(site: Site) => ({
        install: () => <SiteInstall site={site} />,
        numbers: () => <SiteGeneral site={site} />,
        widget: () => <SiteWidget site={site} />,
        forms: () => <SiteForms site={site} />,
        check: () => <SiteCheck site={site} />
      })}
      heading={(site) => (
        <>
          <Title order={1} size="h2">
            {site.name}
          </Title>
          <Text c="dimmed">{site.domain}</Text>
        </>
      )}
      mayRemove={me.role === 'admin'}
      testId="site-page"
    />
  )
}
