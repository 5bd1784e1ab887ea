import '../styles/later.ts'
import { Button, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, NavLink, useParams } from 'react-router'
import styles from './costs.module.css'
import { CostsList } from './costs-list.tsx'
import { ImportsList } from './imports-list.tsx'
import { dayText, money } from './money.ts'
import { useUncounted } from './queries.ts'
import { RatesList } from './rates-list.tsx'

const tabs = ['list', 'imports', 'rates'] as const

/** What was entered in a currency without a rate, and where to enter one. */
function Uncounted() {
  const { t, i18n } = useTranslation()
  const { data } = useUncounted()
  if (!data || data.items.length === 0) return null
  return (
    <div className={styles.notice} role="status" data-testid="uncounted">
      {data.items.map(({ currency, amount, costs, from }) => (
        <span key={currency}>
          {t('costs.uncounted', {
            count: costs,
            amount: money(amount, currency, i18n.language),
            currency,
            day: dayText(from)
          })}
        </span>
      ))}
      <Button
        component={Link}
        to={`/costs/rates?${new URLSearchParams({ add: data.items[0]?.currency ?? '', day: data.items[0]?.from ?? '' }).toString()}`}
        size="compact-sm"
        variant="white"
      >
        {t('costs.enterRate')}
      </Button>
    </div>
  )
}

/** Nothing is there: what to do about it. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className={styles.empty} data-testid="costs-empty">
      <Text fw={600}>{title}</Text>
      <Text c="dimmed" mb="md" maw={520} mx="auto">
        {text}
      </Text>
      {children}
    </div>
  )
}

/** What advertising costs: by hand, from files, in other currencies. */
export default function CostsPage() {
  const { t } = useTranslation()
  const { tab = 'list' } = useParams()
  const shown = tabs.find((each) => each === tab)
  if (!shown) return <Navigate to="/costs" replace />
  return (
    <main className="page">
      <div className={styles.head}>
        <Link to="/reports" className={styles.back ?? ''} aria-label={t('costs.toReports')}>
          <IconArrowLeft size={16} style={{ verticalAlign: '-3px' }} />
        </Link>
        <Title order={1} size="h2">
          {t('costs.title')}
        </Title>
        <nav className={styles.tabs} aria-label={t('costs.title')}>
          {tabs.map((each) => (
            <NavLink
              key={each}
              to={each === 'list' ? '/costs' : `/costs/${each}`}
              end
              className={styles.tab ?? ''}
              data-testid={`costs-${each}`}
            >
              {t(`costs.tabs.${each}`)}
            </NavLink>
          ))}
        </nav>
      </div>
      <Uncounted />
      {shown === 'list' && <CostsList />}
      {shown === 'imports' && <ImportsList />}
      {shown === 'rates' && <RatesList />}
    </main>
  )
}
