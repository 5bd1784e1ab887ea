import { Button, Text } from '@mantine/core'
import { IconBan, IconMail, IconPhone } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { SpamMark } from '../../../api/contract/inquiry-desk.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { dayOf, formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from './crm.module.css'
import { useCrmChanged, useSpamMarks } from './queries.ts'

interface Props {
  search: string | undefined
  isReadOnly: boolean
}

/** Numbers and mails that are spam: what came from there is hidden, and comes back with them. */
export function SpamMarks({ search, isReadOnly }: Props) {
  const { t } = useTranslation()
  const changed = useCrmChanged()
  const marks = useSpamMarks(search)
  const back = useMutation({
    mutationFn: ({ id }: SpamMark) => api('DELETE', `/api/spam-marks/${id}`),
    onSuccess: async (_, mark) => {
      toast('pine', t('crm.marks.back', { value: shown(mark) }))
      await changed()
    },
    onError: (error) => toast('rust', explain(error))
  })
  const items = marks.data?.pages.flatMap((page) => page.items) ?? []
  if (items.length === 0) return null
  return (
    <section className={`sheet ${styles.marks}`} aria-label={t('crm.marks.title')} data-testid="spam-marks">
      <div>
        <Text fw={600}>
          <IconBan size={15} aria-hidden style={{ verticalAlign: '-2px' }} /> {t('crm.marks.title')}
        </Text>
        <Text c="dimmed" fz="sm">
          {t('crm.marks.text')}
        </Text>
      </div>
      <ul className={styles.markList}>
        {items.map((mark) => (
          <li key={mark.id} data-testid="spam-mark">
            {mark.kind === 'phone' ? <IconPhone size={15} aria-hidden /> : <IconMail size={15} aria-hidden />}
            <span className={styles.markWho}>
              <b className={mark.kind === 'phone' ? 'num' : ''}>{shown(mark)}</b>
              <span className={styles.sub}>
                {[
                  mark.reason ?? t('crm.marks.noReason'),
                  mark.by?.name ?? t('crm.marks.journal'),
                  dayOf(mark.createdAt)
                ].join(' · ')}
              </span>
            </span>
            <span className={styles.sub}>
              {mark.hidden > 0
                ? t('crm.marks.hidden', { count: mark.hidden, day: dayOf(mark.lastAt ?? mark.createdAt) })
                : t('crm.marks.nothing')}
            </span>
            {!isReadOnly && (
              <Button
                size="compact-xs"
                variant="default"
                loading={back.isPending && back.variables.id === mark.id}
                onClick={() => back.mutate(mark)}
                data-testid="spam-mark-back"
              >
                {t('crm.notSpam')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {marks.hasNextPage && (
        <Button size="xs" variant="subtle" onClick={() => inBackground(marks.fetchNextPage())}>
          {t('crm.more')}
        </Button>
      )}
    </section>
  )
}

const shown = ({ kind, value }: SpamMark): string => (kind === 'phone' ? formatPhone(value) : value)
