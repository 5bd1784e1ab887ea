import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  CopyButton,
  Group,
  Modal,
  Skeleton,
  Stack,
  Text
} from '@mantine/core'
import { IconCheck, IconCopy, IconDeviceLandlinePhone, IconPrinter } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Device, Provisioning } from '../../../api/contract/operators.ts'
import { api } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { useUsers } from '../lib/lookups.ts'
import { toast } from '../lib/toast.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { ResourceTable } from './resource-table.tsx'

/** One thing to type into a telephone, with a button that copies it. */
function Line({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation()
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text c="dimmed" fz="xs">
          {label}
        </Text>
        <Text className="num cut" ff="monospace">
          {value}
        </Text>
      </div>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color={copied ? 'pine' : 'gray'}
            onClick={copy}
            aria-label={`${t(copied ? 'common.copied' : 'common.copy')}: ${label}`}
          >
            {copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  )
}

/** How a SIP phone is set up: its account in words, and as a QR code that most apps read. */
function SetUp({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const path = `/api/devices/${device.id}`
  const sheet = useQuery({
    queryKey: ['provisioning', device.id],
    queryFn: () => api<Provisioning>('GET', `${path}/provisioning`),
    // Each look at the password stands in the audit: not again by itself.
    staleTime: Infinity,
    gcTime: 0
  })
  const rotate = useMutation({
    mutationFn: () => api('POST', `${path}/rotate-secret`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['provisioning', device.id] })
      toast('pine', t('setup.devices.rotated'))
    },
    onError: (error) => toast('rust', explain(error))
  })
  const shown = sheet.data
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('setup.devices.setUpTitle', { name: device.name })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {sheet.isPending && <Skeleton height={220} />}
      {sheet.isError && <Alert color="rust">{explain(sheet.error)}</Alert>}
      {shown && (
        <Stack gap="md" data-testid="provisioning">
          <Group align="flex-start" gap="xl">
            <div style={{ textAlign: 'center' }}>
              <img
                src={`data:image/svg+xml;utf8,${encodeURIComponent(shown.qrSvg)}`}
                alt={t('setup.devices.qr')}
                width={190}
                height={190}
                style={{ background: '#fff', borderRadius: 8 }}
              />
              <Text c="dimmed" fz="xs" maw={190}>
                {t('setup.devices.qr')}
              </Text>
            </div>
            <Stack gap={8} style={{ flex: 1, minWidth: 230 }}>
              <Line label={t('setup.devices.server')} value={shown.server} />
              <Line label={t('settings.trunks.port')} value={String(shown.port)} />
              <Line label={t('settings.trunks.transport')} value={shown.transport.toUpperCase()} />
              <Line label={t('login.login')} value={shown.user} />
              <Line label={t('login.password')} value={shown.secret} />
              {shown.extension && <Line label={t('setup.devices.extension')} value={shown.extension} />}
            </Stack>
          </Group>
          <Group justify="space-between">
            <ConfirmButton
              text={t('setup.devices.rotateText')}
              confirm={t('setup.devices.rotate')}
              onConfirm={() => rotate.mutate()}
            >
              {(ask) => (
                <Button variant="subtle" color="rust" loading={rotate.isPending} onClick={ask}>
                  {t('setup.devices.rotate')}
                </Button>
              )}
            </ConfirmButton>
            <Button
              component="a"
              href={`${path}/provisioning-page`}
              target="_blank"
              rel="noreferrer"
              variant="default"
              leftSection={<IconPrinter size={17} />}
            >
              {t('setup.devices.print')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

/** Telephones of the people who take calls: each has one in the browser, and may have SIP phones beside it. */
export function DevicesSection() {
  const { t } = useTranslation()
  const users = useUsers()
  const [setUp, setSetUp] = useState<Device | null>(null)
  const names = new Map((users.data ?? []).map((user) => [user.id, user.name]))
  return (
    <>
      <ResourceTable<Device>
        things="devices"
        title={t('setup.devices.title')}
        text={t('setup.devices.text')}
        addLabel={t('setup.devices.add')}
        nameOf={(device) => device.name}
        refetchMs={10_000}
        columns={[
          {
            header: t('settings.name'),
            cell: (device) => (device.kind === 'browser' ? t('setup.devices.browser') : device.name)
          },
          { header: t('setup.devices.whose'), cell: (device) => names.get(device.userId) ?? '…' },
          { header: t('setup.devices.kind'), cell: (device) => t(`setup.devices.${device.kind}`) },
          {
            header: t('settings.state'),
            cell: (device) => (
              <Badge
                variant="light"
                tt="none"
                color={!device.isActive ? 'gray' : device.isReachable ? 'pine' : 'amber'}
              >
                {t(
                  !device.isActive
                    ? 'settings.inactive'
                    : device.isReachable
                      ? 'setup.devices.connected'
                      : 'live.unreachable'
                )}
              </Badge>
            )
          }
        ]}
        actions={(device) =>
          device.kind === 'sip' && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconDeviceLandlinePhone size={15} />}
              onClick={() => setSetUp(device)}
              data-testid="device-set-up"
            >
              {t('setup.devices.setUp')}
            </Button>
          )
        }
        fields={(device) => [
          ...(device
            ? []
            : [
                {
                  name: 'userId',
                  label: t('setup.devices.whose'),
                  type: 'select',
                  isRequired: true,
                  options: (users.data ?? [])
                    .filter((user) => user.role !== 'marketer')
                    .map((user) => ({ value: user.id, label: user.name }))
                } as const
              ]),
          {
            name: 'name',
            label: t('settings.name'),
            type: 'text',
            isRequired: true,
            placeholder: 'Yealink T31'
          },
          ...(device?.kind === 'browser'
            ? []
            : [
                {
                  name: 'sipAddress',
                  label: t('settings.users.sipAddress'),
                  type: 'text',
                  placeholder: 'sip:101@192.0.2.10:5060',
                  help: t('settings.users.sipAddressHelp')
                } as const
              ]),
          { name: 'isActive', label: t('settings.active'), type: 'switch' }
        ]}
        toForm={(device) => ({
          userId: device?.userId ?? null,
          name: device?.name ?? '',
          sipAddress: device?.sipAddress ?? '',
          isActive: device?.isActive ?? true
        })}
        toBody={({ userId, sipAddress, ...rest }, isNew) => ({
          ...rest,
          ...(sipAddress === '' ? {} : { sipAddress }),
          ...(isNew && { userId })
        })}
        onSaved={(answer) => {
          const made = answer as Device
          if (made.kind === 'sip' && made.createdAt === made.updatedAt) setSetUp(made)
        }}
      />
      {setUp && <SetUp device={setUp} onClose={() => setSetUp(null)} />}
    </>
  )
}
