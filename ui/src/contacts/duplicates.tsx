import { Button, Drawer, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { DuplicatePairs } from '../../../api/contract/contacts.ts'
import { shownName } from '../client/use-client.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import styles from './contacts.module.css'

type Side = DuplicatePairs['items'][number]['a']

function One({ side }: { side: Side }) {
  return (
    <span className={styles.pairSide}>
      <span className={styles.name}>{shownName(side)}</span>
      <span className={styles.sub}>
        {[side.company, ...side.phones.map(formatPhone), ...side.emails].filter(Boolean).join(' · ')}
      </span>
    </span>
  )
}

/** Pairs of clients who may be one, each looked at on the page of the first. */
export default function AllDuplicates({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const found = useQuery({
    queryKey: ['contacts', 'pairs'],
    queryFn: () => api<DuplicatePairs>('GET', '/api/contact-duplicates')
  })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="md"
      title={t('contacts.duplicates')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap={10} data-testid="pairs">
        {found.isPending && <Skeleton height={80} />}
        {found.isError && <Text>{explain(found.error)}</Text>}
        {found.data?.items.length === 0 && <Text c="dimmed">{t('contacts.noDuplicates')}</Text>}
        {(found.data?.items ?? []).map(({ a, b, reasons }) => (
          <div key={`${a.id}${b.id}`} className={styles.pair}>
            <One side={a} />
            <One side={b} />
            <span className={styles.pairEnd}>
              <span className={styles.sub}>
                {reasons.map((reason) => t(`contacts.reason.${reason}`)).join(', ')}
              </span>
              <Button component={Link} to={`/contacts/${a.id}`} size="compact-sm" variant="default">
                {t('contacts.twice.look')}
              </Button>
            </span>
          </div>
        ))}
        {found.data?.isMore && <Text c="dimmed">{t('contacts.morePairs')}</Text>}
      </Stack>
    </Drawer>
  )
}
