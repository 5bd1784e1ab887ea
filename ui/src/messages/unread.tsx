import '@mantine/core/styles/Indicator.css'
import { ActionIcon, Indicator, Tooltip } from '@mantine/core'
import { IconMessages } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useUnread } from './queries.ts'

/** The way to conversations, with how many wait to be read. */
export default function Unread() {
  const { t } = useTranslation()
  const count = useUnread().data?.conversations ?? 0
  const label = count > 0 ? t('unread.some', { count }) : t('unread.none')
  return (
    <Tooltip label={label}>
      <Indicator label={count > 99 ? '99+' : count} size={16} disabled={count === 0} color="rust" offset={4}>
        <ActionIcon
          component={Link}
          to="/messages"
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={label}
          data-testid="to-messages"
        >
          <IconMessages size={20} stroke={1.8} />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  )
}
