import { ActionIcon, Button, Menu, Switch, Text } from '@mantine/core'
import { IconEar, IconEye, IconMessage2, IconPhoneOff, IconUsers } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import { useWish } from '../operator/wishes.ts'
import { useMe } from '../session/session.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { expectCall, expectNoCall } from '../softphone/expected.ts'
import { remember, remembered } from '../lib/storage.ts'

const modes = [
  { mode: 'listen', icon: IconEar },
  { mode: 'whisper', icon: IconMessage2 },
  { mode: 'join', icon: IconUsers }
] as const

/** What a supervisor may do with somebody else's call: listen, whisper, join, hang up. */
export function WatchMenu({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const me = useMe()
  const wish = useWish(call.id)
  const [isSilent, setSilent] = useState(remembered('watchSilently') === '1')
  const hangup = useMutation({
    mutationFn: () => api('POST', `/api/calls/${call.id}/hangup`),
    onError: (error) => toast('rust', explain(error))
  })
  const own = call.watchers.find((each) => each.userId === me.id)
  const isInIt = call.members.some((each) => each.userId === me.id)
  const canWatch = call.phase === 'talking' && !isInIt
  const watch = (mode: (typeof modes)[number]['mode']): void => {
    if (!own) expectCall(call.id)
    wish.mutate({ path: 'watch', body: { mode, isSilent } }, { onError: expectNoCall })
  }
  return (
    <span style={{ alignItems: 'center', display: 'inline-flex', gap: 4, justifyContent: 'flex-end' }}>
      {canWatch && (
        <Menu position="bottom-end" shadow="md" width={270} withinPortal>
          <Menu.Target>
            <Button
              size="compact-sm"
              variant={own ? 'filled' : 'default'}
              leftSection={<IconEye size={15} />}
              loading={wish.isPending}
              data-testid="watch"
              data-mode={own?.mode ?? ''}
            >
              {t(own ? `watch.mode.${own.mode}` : 'watch.start')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {modes.map(({ mode, icon: Icon }) => (
              <Menu.Item
                key={mode}
                leftSection={<Icon size={17} />}
                onClick={() => watch(mode)}
                disabled={own?.mode === mode}
                data-testid={`watch-as-${mode}`}
              >
                {t(`watch.mode.${mode}`)}
                <Text c="dimmed" fz="xs">
                  {t(`watch.help.${mode}`)}
                </Text>
              </Menu.Item>
            ))}
            <Menu.Divider />
            <div style={{ padding: '6px 12px 8px' }}>
              <Switch
                size="sm"
                label={t('watch.silent')}
                description={t('watch.silentHelp')}
                checked={isSilent}
                onChange={(event) => {
                  setSilent(event.currentTarget.checked)
                  remember('watchSilently', event.currentTarget.checked ? '1' : '0')
                }}
                data-testid="watch-silently"
              />
            </div>
            {own && (
              <>
                <Menu.Divider />
                <Menu.Item onClick={() => wish.mutate({ path: 'take-over' })} data-testid="watch-take-over">
                  {t('watch.takeOver')}
                </Menu.Item>
                <Menu.Item
                  color="rust"
                  onClick={() => wish.mutate({ path: 'stop-watching' })}
                  data-testid="watch-stop"
                >
                  {t('watch.leave')}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <ConfirmButton text={t('live.hangupText')} confirm={t('call.hangup')} onConfirm={() => hangup.mutate()}>
        {(ask) => (
          <ActionIcon
            variant="subtle"
            color="rust"
            aria-label={t('call.hangup')}
            title={t('call.hangup')}
            loading={hangup.isPending}
            onClick={ask}
            data-testid="live-hangup"
          >
            <IconPhoneOff size={17} />
          </ActionIcon>
        )}
      </ConfirmButton>
    </span>
  )
}
