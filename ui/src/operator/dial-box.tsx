import { ActionIcon, Alert, Button, Group, Text, TextInput } from '@mantine/core'
import { IconDialpad, IconPhoneOutgoing } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { contact } from '../../../api/contract/config.ts'
import { api, type Page } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { formatPhone } from '../lib/format.ts'
import { numberIn } from '../lib/find.ts'
import { query } from '../lib/query.ts'
import { useLater } from '../lib/use-later.ts'
import { useClickToCall } from './click-to-call.tsx'
import { Keypad } from './keypad.tsx'
import styles from './operator.module.css'

type Contact = z.infer<typeof contact>

interface Found {
  key: string
  name: string
  number: string
}

/** Contacts that a search finds, one line per number. */
function useFound(search: string): Found[] {
  const asked = useLater(search.trim(), 250)
  const contacts = useQuery({
    queryKey: ['contacts', asked],
    queryFn: () => api<Page<Contact>>('GET', `/api/contacts${query({ search: asked, limit: 6 })}`),
    enabled: asked.length >= 2,
    staleTime: 30_000
  })
  if (asked.length < 2) return []
  return (contacts.data?.items ?? [])
    .flatMap(({ id, name, phones }) => phones.map((number) => ({ key: `${id}-${number}`, name, number })))
    .slice(0, 6)
}

/** Types a number or a name, and calls. A number that may not be called says why, here. */
export default function DialBox() {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [hasKeys, setKeys] = useState(false)
  const call = useClickToCall()
  const found = useFound(text)
  const number = numberIn(text)
  const place = (to: string): void => call.mutate({ to }, { onSuccess: () => setText('') })
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault()
    const to = number ?? found[0]?.number
    if (to) place(to)
  }
  return (
    <section className="sheet" style={{ padding: 14 }} aria-label={t('dial.title')} data-testid="dial-box">
      <form onSubmit={onSubmit}>
        <Group gap={8} wrap="nowrap" align="flex-start">
          <TextInput
            style={{ flex: 1 }}
            type="text"
            inputMode="tel"
            placeholder={t('dial.placeholder')}
            aria-label={t('dial.placeholder')}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value)
              if (call.isError) call.reset()
            }}
            rightSection={
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('call.keypad')}
                aria-pressed={hasKeys}
                onClick={() => setKeys(!hasKeys)}
              >
                <IconDialpad size={17} />
              </ActionIcon>
            }
            data-testid="dial-input"
          />
          <Button
            type="submit"
            leftSection={<IconPhoneOutgoing size={17} />}
            disabled={number === null && found.length === 0}
            loading={call.isPending}
            data-testid="dial-call"
          >
            {t('dial.call')}
          </Button>
        </Group>
      </form>
      {hasKeys && (
        <div style={{ marginTop: 10 }}>
          <Keypad onPress={(digit) => setText((old) => old + digit)} />
        </div>
      )}
      {call.isError && (
        <Alert color="rust" p="xs" mt={10} role="alert" data-testid="dial-error">
          {explain(call.error)}
        </Alert>
      )}
      {found.map((each) => (
        <button
          key={each.key}
          type="button"
          className={styles.found}
          onClick={() => place(each.number)}
          data-testid="dial-found"
        >
          <Text fw={560} className="cut">
            {each.name}
          </Text>
          <Text className="num" c="dimmed" fz="sm">
            {formatPhone(each.number)}
          </Text>
        </button>
      ))}
    </section>
  )
}
