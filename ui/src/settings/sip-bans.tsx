import {
  Alert,
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
  Title
} from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { SipBan, SipGuardSettings } from '../../../api/contract/guard.ts'
import { api, type Page } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { SettingsForm } from './settings-form.tsx'
import { TableSheet } from './table-sheet.tsx'

const key = ['sip-bans']

/** Addresses from which SIP takes nothing, with the reason, and the rules of banning. */
export default function SipBansSection() {
  const { t } = useTranslation()
  const [which, setWhich] = useState<'true' | 'false'>('true')
  const [isAdding, setAdding] = useState(false)
  const bans = useQuery({
    queryKey: [...key, which],
    queryFn: async () => (await api<Page<SipBan>>('GET', `/api/sip-bans?limit=200&active=${which}`)).items,
    refetchInterval: 15_000
  })
  return (
    <section>
      <Group justify="space-between" align="flex-start" mb="md">
        <div style={{ flex: '1 1 360px' }}>
          <Title order={1} size="h2">
            {t('setup.sipBans')}
          </Title>
          <Text c="dimmed" maw={620}>
            {t('guard.bans.text')}
          </Text>
        </div>
        <Button
          leftSection={<IconBan size={16} />}
          variant="default"
          onClick={() => setAdding(true)}
          data-testid="add-ban"
        >
          {t('guard.bans.add')}
        </Button>
      </Group>
      <SegmentedControl
        mb="sm"
        size="xs"
        value={which}
        onChange={(value) => setWhich(value === 'true' ? 'true' : 'false')}
        aria-label={t('guard.bans.which')}
        data={[
          { value: 'true', label: t('guard.bans.active') },
          { value: 'false', label: t('guard.bans.over') }
        ]}
      />
      <TableSheet
        query={bans}
        empty={t(which === 'true' ? 'guard.bans.none' : 'guard.bans.noneOver')}
        head={
          <>
            <Table.Th>{t('guard.bans.address')}</Table.Th>
            <Table.Th>{t('guard.bans.why')}</Table.Th>
            <Table.Th>{t('guard.bans.since')}</Table.Th>
            <Table.Th>{t(which === 'true' ? 'guard.bans.until' : 'guard.bans.ended')}</Table.Th>
            <Table.Th />
          </>
        }
        row={(ban) => <Row key={ban.id} ban={ban} />}
      />
      <div style={{ height: 28 }} />
      <Rules />
      {isAdding && <AddBan onClose={() => setAdding(false)} />}
    </section>
  )
}

function Row({ ban }: { ban: SipBan }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const lift = useMutation({
    mutationFn: () => api('DELETE', `/api/sip-bans/${ban.id}`),
    onSuccess: async () => {
      toast('pine', t('guard.bans.lifted', { address: ban.address }))
      await client.invalidateQueries({ queryKey: key })
    },
    onError: (error) => toast('rust', explain(error))
  })
  const names = ban.accounts.slice(0, 6).join(', ')
  return (
    <Table.Tr data-testid="ban-row">
      <Table.Td className="num" style={{ whiteSpace: 'nowrap' }}>
        <Text fw={560} span>
          {ban.address}
        </Text>
        {ban.offence > 1 && (
          <Badge ml={8} size="sm" color="amber" variant="light" tt="none">
            {t('guard.bans.again', { count: ban.offence, ordinal: true })}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>
        {t(`guard.cause.${ban.cause}`)}
        {ban.cause !== 'by_hand' && `: ${t('guard.bans.tries', { count: ban.tries })}`}
        <Text c="dimmed" fz="xs" style={{ overflowWrap: 'anywhere' }}>
          {[
            ban.note,
            names !== '' && t('guard.bans.names', { names: ban.accounts.length > 6 ? `${names}…` : names }),
            ban.cause === 'by_hand' && ban.bannedBy
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td className="num">{fullTime(ban.since)}</Table.Td>
      <Table.Td className="num">
        {ban.liftedAt
          ? fullTime(ban.liftedAt)
          : ban.until === null
            ? t('guard.bans.forGood')
            : fullTime(ban.until)}
        {ban.liftedAt && (
          <Text c="dimmed" fz="xs">
            {t('guard.bans.liftedBy', { name: ban.liftedBy ?? '–' })}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        {ban.isActive && (
          <Button
            size="compact-sm"
            variant="subtle"
            loading={lift.isPending}
            onClick={() => lift.mutate()}
            data-testid="lift-ban"
          >
            {t('guard.bans.lift')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function AddBan({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [address, setAddress] = useState('')
  const [note, setNote] = useState('')
  const [hours, setHours] = useState<number | ''>(24)
  const add = useMutation({
    mutationFn: () =>
      api('POST', '/api/sip-bans', {
        ...{ address: address.trim(), note: note.trim() || null },
        hours: hours === '' ? null : hours
      }),
    onSuccess: async () => {
      toast('pine', t('guard.bans.added', { address: address.trim() }))
      await client.invalidateQueries({ queryKey: key })
      onClose()
    }
  })
  const errors = fieldErrors(add.error)
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={t('guard.bans.add')} centered>
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          <TextInput
            label={t('guard.bans.address')}
            placeholder="203.0.113.7"
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            error={errors['address']}
            required
            data-autofocus
            data-testid="ban-address"
          />
          <NumberInput
            label={t('guard.bans.hours')}
            description={t('guard.bans.hoursHelp')}
            min={1}
            max={8760}
            value={hours}
            onChange={(value) => setHours(typeof value === 'number' ? value : '')}
          />
          <TextInput
            label={t('guard.bans.note')}
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {add.isError && !errors['address'] && (
            <Alert color="rust" p="xs" role="alert">
              {explain(add.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="rust" loading={add.isPending} data-testid="save-ban">
              {t('guard.bans.ban')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

const numbers = ['tries', 'withinSeconds', 'firstBanMinutes', 'longestBanHours'] as const

function Rules() {
  const { t } = useTranslation()
  const client = useQueryClient()
  return (
    <SettingsForm<SipGuardSettings>
      title={t('guard.rules.title')}
      isPart
      text={t('guard.rules.text')}
      path="/api/sip-guard"
      method="PUT"
      parts={[
        {
          title: t('guard.rules.when'),
          fields: [
            { name: 'isOn', label: t('guard.rules.isOn'), type: 'switch' },
            ...numbers.map((name) => ({
              name,
              label: t(`guard.rules.${name}`),
              type: 'number' as const,
              isRequired: true,
              ...(name === 'firstBanMinutes' && { help: t('guard.rules.growing') })
            }))
          ]
        },
        {
          title: t('guard.rules.never'),
          text: t('guard.rules.neverText'),
          fields: [
            {
              name: 'allowed',
              label: t('guard.rules.allowed'),
              type: 'tags',
              placeholder: '203.0.113.0/24'
            }
          ]
        },
        {
          title: t('guard.rules.alarm'),
          fields: [
            {
              name: 'alarmAfterBans',
              label: t('guard.rules.alarmAfterBans'),
              type: 'number',
              placeholder: t('guard.rules.noAlarm')
            }
          ]
        }
      ]}
      toForm={(settings) => ({ ...settings })}
      toBody={(values, before) => {
        inBackground(client.invalidateQueries({ queryKey: key }))
        return { ...before, ...values, alarmAfterBans: values['alarmAfterBans'] || null }
      }}
    />
  )
}
