import '../styles/later.ts'
import { Button, Group, Modal, ScrollArea, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconPhoneOutgoing, IconRoute, IconSearch, IconUsers } from '@tabler/icons-react'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveCall } from '../../../api/contract/live.ts'
import shell from '../shell/shell.module.css'
import { presenceTone } from '../shell/presence.tsx'
import styles from './transfer.module.css'
import { useTargets, type Target } from './transfer-targets.ts'
import { useWish } from './wishes.ts'

function TargetPicture({ target }: { target: Target }) {
  if (target.presence) return <i className={shell.dot} data-tone={presenceTone[target.presence]} />
  const Icon = target.kind === 'group' ? IconUsers : target.kind === 'scheme' ? IconRoute : IconPhoneOutgoing
  return <Icon size={16} />
}

/** Whom to give the call to, with a note that they read before they answer. */
export default function TransferDialog({ call, onClose }: { call: LiveCall; onClose: () => void }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [note, setNote] = useState('')
  const [place, setPlace] = useState(0)
  const targets = useTargets(search)
  const wish = useWish(call.id)
  const chosen = targets[Math.min(place, targets.length - 1)] ?? null
  const isTalkable = chosen !== null && chosen.kind !== 'scheme'
  const give = (mode: 'warm' | 'blind'): void => {
    if (!chosen || wish.isPending) return
    const body = { mode, target: chosen.target, note: note.trim() || null }
    wish.mutate({ path: 'transfer', body }, { onSuccess: onClose })
  }
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setPlace(Math.max(0, Math.min(targets.length - 1, place + step)))
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      give(event.ctrlKey || event.metaKey || !isTalkable ? 'blind' : 'warm')
    }
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('transfer.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        <TextInput
          data-autofocus
          leftSection={<IconSearch size={16} />}
          placeholder={t('transfer.search')}
          aria-label={t('transfer.search')}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            setPlace(0)
          }}
          onKeyDown={onKey}
          data-testid="transfer-search"
        />
        <ScrollArea.Autosize mah={280} type="auto">
          <ul className={styles.list} role="listbox" aria-label={t('transfer.title')}>
            {targets.map((target, index) => (
              <li key={target.key} role="option" aria-selected={target === chosen}>
                <button
                  type="button"
                  className={styles.target}
                  data-chosen={target === chosen}
                  onClick={() => setPlace(index)}
                  onDoubleClick={() => give(target.kind === 'scheme' ? 'blind' : 'warm')}
                  data-testid="transfer-target"
                  data-kind={target.kind}
                >
                  <span className={styles.picture}>
                    <TargetPicture target={target} />
                  </span>
                  <Text fw={560} className="cut">
                    {target.name}
                  </Text>
                  <Text c="dimmed" fz="sm" className="cut">
                    {target.about}
                  </Text>
                </button>
              </li>
            ))}
          </ul>
          {targets.length === 0 && (
            <Text c="dimmed" p="sm">
              {t('transfer.nobody')}
            </Text>
          )}
        </ScrollArea.Autosize>
        <Textarea
          label={t('transfer.note')}
          placeholder={t('transfer.notePlaceholder')}
          autosize
          minRows={2}
          maxRows={5}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-testid="transfer-note"
        />
        <Group justify="flex-end" gap="sm">
          <Button
            variant="default"
            disabled={!chosen}
            loading={wish.isPending && isBlind(wish.variables.body)}
            onClick={() => give('blind')}
            data-testid="transfer-blind"
          >
            {t('transfer.blind')}
          </Button>
          <Button
            disabled={!isTalkable}
            loading={wish.isPending && !isBlind(wish.variables.body)}
            onClick={() => give('warm')}
            data-testid="transfer-warm"
          >
            {t('transfer.warm')}
          </Button>
        </Group>
        <Text c="dimmed" fz="xs">
          {t('transfer.hint')}
        </Text>
      </Stack>
    </Modal>
  )
}

const isBlind = (body: object | undefined): boolean =>
  body !== undefined && 'mode' in body && body.mode === 'blind'
