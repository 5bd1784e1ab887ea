import '../styles/later.ts'
import {
  ActionIcon,
  Alert,
  Button,
  CopyButton,
  Divider,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput
} from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { TvLink, WallSettings } from '../../../api/contract/wall.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { fullTime } from '../lib/format.ts'
import { toast } from '../lib/toast.tsx'

type Limit = 'withinSeconds' | 'waitAmber' | 'waitRed' | 'waitingRed'
type Share = 'levelAmber' | 'levelRed'

/** When the wall turns amber and red, and links for screens on walls. */
export default function WallDialog({ settings, onClose }: { settings: WallSettings; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [draft, setDraft] = useState(settings)
  const save = useMutation({
    mutationFn: () => api('PUT', '/api/wall-settings', draft),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['wall'] })
      toast('pine', t('common.saved'), 2000)
      onClose()
    }
  })
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  const number = (name: Limit) => (
    <NumberInput
      label={t(`wall.limit.${name}`)}
      min={1}
      allowDecimal={false}
      value={draft[name]}
      onChange={(value) => setDraft({ ...draft, [name]: Number(value) })}
      data-testid={`limit-${name}`}
    />
  )
  const share = (name: Share) => (
    <NumberInput
      label={t(`wall.limit.${name}`)}
      min={0}
      max={100}
      suffix=" %"
      allowDecimal={false}
      value={Math.round(draft[name] * 100)}
      onChange={(value) => setDraft({ ...draft, [name]: Number(value) / 100 })}
      data-testid={`limit-${name}`}
    />
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('wall.settings')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          {number('withinSeconds')}
          <Group grow>
            {share('levelAmber')}
            {share('levelRed')}
          </Group>
          <Group grow>
            {number('waitAmber')}
            {number('waitRed')}
          </Group>
          {number('waitingRed')}
          <Switch
            label={t('wall.limit.hasSound')}
            checked={draft.hasSound}
            onChange={(event) => setDraft({ ...draft, hasSound: event.currentTarget.checked })}
          />
          {save.error && <Alert color="rust">{explain(save.error)}</Alert>}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} data-testid="save-wall">
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
      <Divider my="md" />
      <TvLinks />
    </Modal>
  )
}

function TvLinks() {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [locale, setLocale] = useState(i18n.language === 'ru' ? 'ru' : 'en')
  const links = useQuery({
    queryKey: ['tv-links'],
    queryFn: () => api<Page<TvLink>>('GET', '/api/tv-links?limit=100')
  })
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['tv-links'] })
  const make = useMutation({
    mutationFn: () => api<{ path: string }>('POST', '/api/tv-links', { name: name.trim(), locale }),
    onSuccess: async () => {
      setName('')
      await refresh()
    }
  })
  const drop = useMutation({
    mutationFn: (id: string) => api('DELETE', `/api/tv-links/${id}`),
    onSuccess: refresh,
    onError: (error) => toast('rust', explain(error))
  })
  const url = make.data ? `${location.origin}${make.data.path}` : null
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <section>
      <Text fw={620}>{t('wall.tv.title')}</Text>
      <Text c="dimmed" fz="sm">
        {t('wall.tv.text')}
      </Text>
      <form onSubmit={onSubmit}>
        <Group mt="sm" align="flex-end" gap="sm">
          <TextInput
            flex={1}
            required
            maxLength={200}
            label={t('wall.tv.name')}
            placeholder={t('wall.tv.nameHint')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="tv-name"
          />
          <SegmentedControl
            data={[
              { value: 'ru', label: 'RU' },
              { value: 'en', label: 'EN' }
            ]}
            value={locale}
            onChange={setLocale}
          />
          <Button type="submit" loading={make.isPending} data-testid="make-tv">
            {t('wall.tv.make')}
          </Button>
        </Group>
      </form>
      {make.error && <Alert color="rust">{explain(make.error)}</Alert>}
      {url && (
        <Alert color="pine" mt="sm" data-testid="tv-link">
          <Text fz="sm">{t('wall.tv.once')}</Text>
          <Group gap="sm" wrap="nowrap" mt={6}>
            <code className="cut">{url}</code>
            <CopyButton value={url}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" onClick={copy}>
                  {t(copied ? 'wall.tv.copied' : 'wall.tv.copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Alert>
      )}
      {(links.data?.items ?? []).map((link) => (
        <Group key={link.id} justify="space-between" mt="sm" wrap="nowrap" data-testid="tv-row">
          <div style={{ minWidth: 0 }}>
            <Text className="cut">{link.name}</Text>
            <Text c="dimmed" fz="sm">
              {link.lastUsedAt ? t('wall.tv.seen', { time: fullTime(link.lastUsedAt) }) : t('wall.tv.never')}
            </Text>
          </div>
          <ActionIcon
            variant="subtle"
            color="rust"
            aria-label={t('wall.tv.drop', { name: link.name })}
            loading={drop.isPending && drop.variables === link.id}
            onClick={() => drop.mutate(link.id)}
            data-testid="drop-tv"
          >
            <IconTrash size={17} />
          </ActionIcon>
        </Group>
      ))}
    </section>
  )
}
