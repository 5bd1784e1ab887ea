import { Alert, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { AddressVerdict } from '../../../api/contract/track.ts'
import styles from './tracking.module.css'

/** What tracking makes of an address, in words. */
export function Verdict({ verdict }: { verdict: AddressVerdict }) {
  const { t } = useTranslation()
  const { current, groups } = verdict
  const path = [
    t(`inquiryChannel.${current.inquiryChannel}`),
    current.source,
    current.medium,
    current.campaign,
    current.keyword
  ]
  return (
    <div data-testid="verdict">
      {!verdict.isOwnAddress && (
        <Alert color="amber" mb="sm">
          {t('tracking.check.foreign')}
        </Alert>
      )}
      <span className="eyebrow">{t('tracking.check.source')}</span>
      <Text fw={580}>{path.filter((part) => part !== null && part !== '(none)').join(' / ')}</Text>
      <Text fz="sm" c="dimmed">
        {t(`tracking.check.rule.${verdict.rule}`)}
      </Text>
      {groups.length === 0 && (
        <Text mt="sm" fz="sm">
          {t('tracking.check.noGroups')}
        </Text>
      )}
      {groups.map(({ group, pools }) => (
        <div key={group} style={{ marginTop: 12 }}>
          <span className="eyebrow">{t('tracking.check.group', { name: group })}</span>
          {pools.length === 0 && <Text fz="sm">{t('tracking.check.noPool')}</Text>}
          {pools.length > 0 && !pools.some((pool) => pool.isChosen) && (
            <Text fz="sm">{t('tracking.check.noneFits')}</Text>
          )}
          <ul className={styles.verdicts}>
            {pools
              .toSorted(
                (a, b) => Number(b.isChosen) - Number(a.isChosen) || a.misses.length - b.misses.length
              )
              .map((pool) => (
                <li key={pool.id}>
                  <Text
                    fz="sm"
                    c={pool.isChosen ? 'var(--rt-brand)' : 'dimmed'}
                    fw={pool.isChosen ? 600 : 400}
                  >
                    {pool.name}:{' '}
                    {pool.isChosen
                      ? t('tracking.check.chosen')
                      : pool.misses.length === 0
                        ? t('tracking.check.lower')
                        : t('tracking.check.misses', {
                            kinds: pool.misses.map((kind) => t(`tracking.kind.${kind}`)).join(', ')
                          })}
                  </Text>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  )
}
