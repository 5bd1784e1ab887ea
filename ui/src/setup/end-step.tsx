import { Button, SimpleGrid, Text, Title } from '@mantine/core'
import { IconHeartbeat, IconList, IconSitemap, IconUsers, IconWorldWww, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { SetupState } from '../../../api/contract/setup.ts'
import { inBackground } from '../lib/in-background.ts'
import styles from './setup.module.css'
import { left, useSetupChange } from './use-setup.ts'

const next: readonly (readonly ['journal' | 'schemes' | 'sites' | 'users' | 'system', string, Icon])[] = [
  ['journal', '/journal', IconList],
  ['schemes', '/settings/schemes', IconSitemap],
  ['sites', '/settings/sites', IconWorldWww],
  ['users', '/settings/users', IconUsers],
  ['system', '/settings/system', IconHeartbeat]
]

/** The end of the wizard: what is left, and where to go on. */
export function EndStep({ state }: { state: SetupState }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const change = useSetupChange()
  const open = left(state)
  const close = (): void =>
    change.mutate({ isFinished: true }, { onSuccess: () => inBackground(navigate('/')) })
  return (
    <section className={`sheet ${styles.step}`} data-testid="step-end">
      <div>
        <Title order={2}>{t(open.length === 0 ? 'wizard.end.title' : 'wizard.end.titleOpen')}</Title>
        {open.length > 0 && (
          <Text c="dimmed" mt={4}>
            {t('wizard.end.textOpen', { steps: open.map((step) => t(`firstHour.step.${step}`)).join(', ') })}
          </Text>
        )}
      </div>
      <div className={styles.body}>
        <Text fw={600}>{t('wizard.end.text')}</Text>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing={8}>
          {next.map(([name, to, NextIcon]) => (
            <Link key={name} to={to} className={styles.card ?? ''}>
              <NextIcon size={18} stroke={1.7} aria-hidden />
              <span>
                <b>{t(`wizard.end.${name}`)}</b>
                <span>{t(`wizard.end.${name}Text`)}</span>
              </span>
            </Link>
          ))}
        </SimpleGrid>
      </div>
      <div className={styles.foot} style={{ textAlign: 'right' }}>
        <Button onClick={close} loading={change.isPending} data-testid="setup-finish">
          {t('wizard.end.close')}
        </Button>
      </div>
    </section>
  )
}
