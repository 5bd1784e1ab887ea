import '../styles/later.ts'
import { ActionIcon, Indicator, Popover, Stack, Text, Tooltip } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Notice, Notices } from '../../../api/contract/tasks.ts'
import { api } from '../lib/api.ts'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import styles from './tasks.module.css'
import { dueText } from './words.ts'

const shownMs = 15_000
/** The feed tells at once; this is for whoever was away. */
const refetchInterval = 60_000

function useNotices() {
  return useQuery({
    queryKey: ['notices'],
    queryFn: () => api<Notices>('GET', '/api/me/notices'),
    refetchInterval
  })
}

const titleOf = ({ title }: Notice): string => (/^\+\d+$/.test(title) ? formatPhone(title) : title)

/** Pops up what has come since this page was opened, without a sound: a talk may go on. */
function usePopUps(items: readonly Notice[], isThere: boolean, onOpen: (notice: Notice) => void): void {
  const { t } = useTranslation()
  const known = useRef<ReadonlySet<string> | null>(null)
  useEffect(() => {
    if (!isThere) return
    const before = known.current
    known.current = new Set(items.map(({ id }) => id))
    if (before === null) return
    for (const notice of items) {
      if (before.has(notice.id) || notice.isQuiet || notice.readAt !== null) continue
      const due = notice.dueAt ? ` · ${dueText(notice.dueAt)}` : ''
      toast('amber', `${t(`notices.kind.${notice.kind}`)}: ${titleOf(notice)}${due}`, shownMs, {
        label: t('notices.open'),
        run: () => onOpen(notice)
      })
    }
  }, [items, isThere, onOpen, t])
}

/** Where a notice leads; null where what it tells of has no page. */
function placeOf({ taskId, subject, subjectId }: Notice): string | null {
  if (taskId !== null) return `/tasks?task=${taskId}`
  if (subject === 'dial_stop') return '/settings/dial-stops'
  if (subject === 'sip_ban') return '/settings/sip-bans'
  if (subject === 'callback_flood') return '/settings/sites'
  if (subject === 'overload') return '/settings/overload'
  if (subjectId === null) return null
  if (subject === 'call') return `/journal?call=${subjectId}`
  if (subject === 'deal') return `/deals?deal=${subjectId}`
  return subject === 'inquiry' ? `/inquiries?inquiry=${subjectId}` : `/contacts/${subjectId}`
}

const none: readonly Notice[] = []

/** The bell: what a person was told, the newest first; opening it says that it was seen. */
export default function Bell() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { data } = useNotices()
  const [isOpen, setOpen] = useState(false)
  const items = data?.items ?? none
  const unread = data?.unread ?? 0
  const read = useMutation({
    mutationFn: (ids: string[]) => api('POST', '/api/me/notices/read', { ids }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notices'] })
  })
  const { mutate } = read
  const open = useRef((notice: Notice): void => {
    mutate([notice.id])
    const place = placeOf(notice)
    if (place !== null) inBackground(Promise.resolve(navigate(place)))
  })
  usePopUps(items, data !== undefined, open.current)
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      onClose={() => {
        const ids = items.filter(({ readAt }) => readAt === null).map(({ id }) => id)
        if (ids.length > 0) mutate(ids)
      }}
      position="bottom-end"
      shadow="md"
      width={320}
      trapFocus
    >
      <Popover.Target>
        <Tooltip label={t('notices.title')} disabled={isOpen}>
          <Indicator disabled={unread === 0} color="amber" size={9} offset={7}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={unread > 0 ? t('notices.unread', { count: unread }) : t('notices.title')}
              onClick={() => setOpen(!isOpen)}
              data-testid="bell"
              data-unread={unread}
            >
              <IconBell size={19} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={6} data-testid="notices">
        {items.length === 0 ? (
          <Text c="dimmed" fz="sm" p="sm" ta="center">
            {t('notices.empty')}
          </Text>
        ) : (
          <Stack gap={2} mah={420} style={{ overflowY: 'auto' }}>
            {items.map((notice) => (
              <button
                key={notice.id}
                type="button"
                className={styles.notice}
                data-unread={notice.readAt === null}
                onClick={() => {
                  setOpen(false)
                  open.current(notice)
                }}
                data-testid="notice"
              >
                <Text fz="sm" fw={560} component="span" lineClamp={2}>
                  {titleOf(notice)}
                </Text>
                <Text fz="xs" c="dimmed" component="span">
                  {t(`notices.kind.${notice.kind}`)}
                  {notice.dueAt ? ` · ${dueText(notice.dueAt)}` : ''}
                </Text>
              </button>
            ))}
          </Stack>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
