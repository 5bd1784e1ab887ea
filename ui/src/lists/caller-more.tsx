import { ActionIcon, Popover } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../i18n/index.ts'
import { formatPhone } from '../lib/format.ts'
import { useMayCall } from '../operator/click-to-call.tsx'

const CallerButtons = lazy(withTexts(['caller-lists'], () => import('./caller-buttons.tsx')))

/** In a row of many: what puts the caller on a list, fetched when somebody asks for it. */
export function CallerMore({ number, callId }: { number: string | null; callId: string }) {
  const { t } = useTranslation()
  const mayList = useMayCall()
  const [isOpen, setOpen] = useState(false)
  if (number === null || !mayList) return null
  return (
    <Popover opened={isOpen} onChange={setOpen} position="right" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`${t('journal.callerLists')}: ${formatPhone(number)}`}
          title={t('journal.callerLists')}
          onClick={(event) => {
            event.stopPropagation()
            setOpen(!isOpen)
          }}
          // A row that opens something by Enter would open it too.
          onKeyDown={(event) => event.stopPropagation()}
          data-testid="caller-more"
        >
          <IconListCheck size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6} onClick={(event) => event.stopPropagation()}>
        <Suspense fallback={<span style={{ display: 'block', height: 28, width: 60 }} />}>
          <CallerButtons number={number} callId={callId} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}
