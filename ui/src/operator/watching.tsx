import { Button } from '@mantine/core'
import { IconEar, IconMessage2, IconPhoneCall, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { useKeys } from '../lib/use-keys.ts'
import { useMe } from '../session/session.ts'
import styles from './call-card.module.css'
import { useWish } from './wishes.ts'

const modes = [
  { mode: 'listen', icon: IconEar, code: 'KeyL', hint: 'L' },
  { mode: 'whisper', icon: IconMessage2, code: 'KeyW', hint: 'W' },
  { mode: 'join', icon: IconUsers, code: 'KeyJ', hint: 'J' }
] as const

/** What a supervisor in a call may do: change the way of watching without a new call, or take the client. */
export default function Watching({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const me = useMe()
  const wish = useWish(call.id)
  const own = call.watchers.find((each) => each.userId === me.id)
  const change = (mode: (typeof modes)[number]['mode']): void =>
    wish.mutate({ path: 'watch', body: { mode, isSilent: own?.isSilent ?? false } })
  const keys = modes.map(({ mode, code }) => [code, own ? () => change(mode) : undefined] as const)
  useKeys(Object.fromEntries(keys), 'call')
  return (
    <div className={styles.tools} role="group" aria-label={t('watch.title')}>
      {modes.map(({ mode, icon: Icon, hint }) => (
        <button
          key={mode}
          type="button"
          className={styles.tool}
          data-on={own?.mode === mode}
          aria-pressed={own?.mode === mode}
          disabled={!own || wish.isPending}
          onClick={() => change(mode)}
          data-testid={`watch-${mode}`}
        >
          <Icon size={20} stroke={1.8} />
          <span>{t(`watch.mode.${mode}`)}</span>
          <kbd className="hint">{hint}</kbd>
        </button>
      ))}
      <Button
        variant="light"
        color="amber"
        leftSection={<IconPhoneCall size={17} />}
        disabled={!own}
        loading={wish.isPending && wish.variables.path === 'take-over'}
        onClick={() => wish.mutate({ path: 'take-over' })}
        data-testid="take-over-call"
        style={{ gridColumn: '1 / -1' }}
      >
        {t('watch.takeOver')}
      </Button>
    </div>
  )
}
