import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SectionProps } from './form-kit.ts'
import type { NumberHeader } from './form-values.ts'
import styles from './trunks.module.css'

/** Headers as SIP calls them, in every language; the request line is none. */
const headers: Readonly<Record<NumberHeader, string | null>> = {
  ruri: null,
  to: 'To',
  diversion: 'Diversion',
  pCalledPartyId: 'P-Called-Party-ID',
  historyInfo: 'History-Info'
}
const all = Object.keys(headers) as NumberHeader[]

/** Where the carrier writes the number that was called, and how. */
export function CalledSection({ fields, set, errorOf }: SectionProps) {
  const { t } = useTranslation()
  const { numberHeaders: chosen } = fields
  const move = (index: number, by: -1 | 1): void => {
    const next = [...chosen]
    const [one] = next.splice(index, 1)
    if (one) next.splice(index + by, 0, one)
    set({ numberHeaders: next })
  }
  const wordOf = (name: NumberHeader): string => headers[name] ?? t('trunks.requestLine')
  const others = all.filter((name) => !chosen.includes(name))
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600}>{t('trunks.field.numberHeaders')}</Text>
        <Text size="xs" c="dimmed" mb={8}>
          {t('trunks.help.numberHeaders')}
        </Text>
        <ol className={styles.ordered} data-testid="field-numberHeaders">
          {chosen.map((name, index) => (
            <li key={name}>
              <span className={styles.rank}>{index + 1}</span>
              <span>
                {wordOf(name)}
                <Text size="xs" c="dimmed" component="span" display="block">
                  {t(`trunks.headerHelp.${name}`)}
                </Text>
              </span>
              <Group gap={0} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  className={styles.move ?? ''}
                  disabled={index === 0}
                  aria-label={t('trunks.moveUp', { name: wordOf(name) })}
                  onClick={() => move(index, -1)}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  className={styles.move ?? ''}
                  disabled={index === chosen.length - 1}
                  aria-label={t('trunks.moveDown', { name: wordOf(name) })}
                  onClick={() => move(index, 1)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  className={styles.move ?? ''}
                  disabled={chosen.length === 1}
                  aria-label={t('trunks.leaveOut', { name: wordOf(name) })}
                  onClick={() => set({ numberHeaders: chosen.filter((one) => one !== name) })}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ol>
        {others.length > 0 && (
          <Group gap={6} mt={8}>
            {others.map((name) => (
              <Button
                key={name}
                size="compact-xs"
                variant="default"
                leftSection={<IconPlus size={12} />}
                onClick={() => set({ numberHeaders: [...chosen, name] })}
                data-testid={`header-${name}`}
              >
                {wordOf(name)}
              </Button>
            ))}
          </Group>
        )}
        {errorOf('numberHeaders') && <Text className={styles.bad}>{errorOf('numberHeaders')}</Text>}
      </div>
      <div className={styles.pair}>
        <TextInput
          label={t('trunks.field.country')}
          description={t('trunks.help.country')}
          value={fields.country}
          maxLength={2}
          error={errorOf('country')}
          required
          onChange={(event) => set({ country: event.currentTarget.value.toUpperCase() })}
          data-testid="field-country"
        />
        <TextInput
          label={t('trunks.field.numberStrip')}
          description={t('trunks.help.numberStrip')}
          placeholder={t('trunks.rewrite.nothing')}
          value={fields.numberStrip}
          error={errorOf('numberStrip')}
          onChange={(event) => set({ numberStrip: event.currentTarget.value })}
          data-testid="field-numberStrip"
        />
      </div>
    </Stack>
  )
}
