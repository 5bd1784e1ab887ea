import { Anchor, Badge, Button, Group, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { PublicAddressState } from '../../../api/contract/setup.ts'
import { api, ApiError } from '../lib/api.ts'
import { explain } from '../lib/explain.ts'
import { toast } from '../lib/toast.tsx'
import styles from './system.module.css'

const queryKey = ['public-address']

/** Sets the public address, or takes it away; whoever shows something of it looks again. */
export function useAddressChange() {
  const { t } = useTranslation()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name: string | null) =>
      api<PublicAddressState>('PUT', '/api/setup/public-address', { name }),
    onSuccess: async (state) => {
      client.setQueryData(queryKey, state)
      toast('pine', t(state.name === null ? 'publicAddress.removed' : 'publicAddress.saved'))
      await client.invalidateQueries({ queryKey: ['setup-address'] })
    }
  })
}
export type AddressChange = ReturnType<typeof useAddressChange>

const isInvalid = (error: unknown): boolean => error instanceof ApiError && error.problem.code === 'invalid'

interface Props {
  state: PublicAddressState
  change: AddressChange
  field?: Ref<HTMLInputElement>
}

/** The public address as it is, and a field for another one. */
export function PublicAddressForm({ state: { name, address, by, isApplied }, change, field }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<{ over: string | null; text: string } | null>(null)
  // What was typed over an address that has changed since, such as by a button beside, is no wish any more.
  const text = typed?.over === name ? typed.text : (name ?? '')
  const wanted = text.trim().toLowerCase()
  const isRuled = by === 'environment'
  return (
    <form
      className={styles.address}
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted !== '' && wanted !== name) change.mutate(wanted)
      }}
    >
      {isRuled ? (
        <Text className="num" fw={620} data-testid="public-address-ruled">
          {name}
        </Text>
      ) : (
        <Group gap="xs" align="flex-start">
          <TextInput
            {...(field && { ref: field })}
            aria-label={t('publicAddress.title')}
            placeholder="203.0.113.5"
            value={text}
            autoComplete="off"
            spellCheck={false}
            maxLength={253}
            flex="1 1 200px"
            error={
              change.isError && (isInvalid(change.error) ? t('publicAddress.invalid') : explain(change.error))
            }
            onChange={(event) => {
              change.reset()
              setTyped({ over: name, text: event.currentTarget.value })
            }}
            data-testid="public-address"
          />
          <Button
            type="submit"
            variant="default"
            disabled={wanted === '' || wanted === name}
            loading={change.isPending}
            data-testid="public-address-save"
          >
            {t('publicAddress.save')}
          </Button>
          {name !== null && (
            <Button
              variant="subtle"
              color="gray"
              disabled={change.isPending}
              onClick={() => change.mutate(null)}
              data-testid="public-address-remove"
            >
              {t('publicAddress.remove')}
            </Button>
          )}
        </Group>
      )}
      <Group gap="xs">
        {name !== null && address !== null && address !== name && (
          <Text fz="sm" className="num">
            {t('publicAddress.standsFor', { address })}
          </Text>
        )}
        {name !== null && address === null && (
          <Badge color="rust" variant="light" tt="none">
            {t('publicAddress.unresolved')}
          </Badge>
        )}
        {!isApplied && (
          <Badge color="amber" variant="light" tt="none" data-testid="public-address-waits">
            {t('publicAddress.waits')}
          </Badge>
        )}
      </Group>
      <Text fz="sm" c="dimmed" maw={560}>
        {t(isRuled ? 'publicAddress.ruled' : 'publicAddress.text')}
      </Text>
    </form>
  )
}

/** Among the cards of the system page. */
export function PublicAddressCard() {
  const { t } = useTranslation()
  const change = useAddressChange()
  const { data } = useQuery({
    queryKey,
    queryFn: () => api<PublicAddressState>('GET', '/api/setup/public-address')
  })
  if (!data) return null
  return (
    <section
      className={`sheet ${styles.card}`}
      style={{ gridColumn: '1 / -1' }}
      id="public-address"
      data-testid="public-address-card"
    >
      <Title order={2} size="h3" fz="md" mb={10}>
        {t('publicAddress.title')}
      </Title>
      <PublicAddressForm state={data} change={change} />
      <Anchor component={Link} to="/setup/address" fz="sm" mt="sm" display="inline-block">
        {t('publicAddress.check')}
      </Anchor>
    </section>
  )
}
