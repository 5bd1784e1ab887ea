import {
  ActionIcon,
  Button,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { TrunkOutgoing } from '../../../api/contract/trunks.ts'
import { formatPhone } from '../lib/format.ts'
import { useNumbers } from '../lib/lookups.ts'
import type { SectionProps } from './form-kit.ts'
import { exampleOf } from './form-values.ts'
import styles from './trunks.module.css'

/** Which numbers go out through the trunk, how they are written, and what the other side sees. */
export function OutgoingSection({ fields, set, errorOf }: SectionProps) {
  const { t } = useTranslation()
  const numbers = useNumbers()
  const { outgoing } = fields
  const change = (part: Partial<TrunkOutgoing>): void => set({ outgoing: { ...outgoing, ...part } })
  const changeRewrite = (index: number, part: Partial<TrunkOutgoing['rewrites'][number]>): void =>
    change({ rewrites: outgoing.rewrites.map((one, at) => (at === index ? { ...one, ...part } : one)) })
  const options = (numbers.data ?? []).map(({ id, e164, label }) => ({
    value: id,
    label: label ? `${formatPhone(e164)} · ${label}` : formatPhone(e164)
  }))
  const example = fields.country === 'RU' ? '+74951234567' : '+12025550123'
  return (
    <Stack gap="sm">
      <Switch
        label={t('trunks.field.isUsed')}
        description={t('trunks.help.isUsed')}
        checked={outgoing.isUsed}
        onChange={(event) => change({ isUsed: event.currentTarget.checked })}
        data-testid="field-isUsed"
      />
      {outgoing.isUsed && (
        <>
          <div className={styles.pair}>
            <TagsInput
              label={t('trunks.field.prefixes')}
              description={t('trunks.help.prefixes')}
              placeholder="+7495"
              value={outgoing.prefixes}
              error={errorOf('outgoing.prefixes')}
              onChange={(prefixes) => change({ prefixes })}
              data-testid="field-prefixes"
            />
            <TagsInput
              label={t('trunks.field.countries')}
              description={t('trunks.help.countries')}
              placeholder="RU"
              value={outgoing.countries}
              error={errorOf('outgoing.countries')}
              onChange={(countries) => change({ countries: countries.map((one) => one.toUpperCase()) })}
              data-testid="field-countries"
            />
            <Select
              label={t('trunks.field.callerNumberId')}
              description={t('trunks.help.callerNumberId')}
              placeholder={t('trunks.firstOfTrunk')}
              data={options}
              clearable
              searchable
              value={outgoing.callerNumberId}
              error={errorOf('outgoing.callerNumberId')}
              onChange={(callerNumberId) => change({ callerNumberId })}
              data-testid="field-callerNumberId"
            />
            <MultiSelect
              label={t('trunks.field.callerNumberIds')}
              description={t('trunks.help.callerNumberIds')}
              placeholder={outgoing.callerNumberIds === null ? t('trunks.ownOfTrunk') : ''}
              data={options}
              searchable
              value={outgoing.callerNumberIds ?? []}
              onChange={(ids) => change({ callerNumberIds: ids.length === 0 ? null : ids })}
              data-testid="field-callerNumberIds"
            />
          </div>
          <Select
            label={t('trunks.field.format')}
            data={(['e164', 'digits', 'national'] as const).map((value) => ({
              value,
              label: t(`trunks.format.${value}`)
            }))}
            allowDeselect={false}
            value={outgoing.format}
            onChange={(format) => change({ format: format as TrunkOutgoing['format'] })}
            data-testid="field-format"
          />
          <div>
            <Text fw={600}>{t('trunks.field.rewrites')}</Text>
            <Text size="xs" c="dimmed" mb={8}>
              {t('trunks.help.rewrites')}
            </Text>
            <Stack gap={8}>
              {outgoing.rewrites.length > 0 && (
                <div className={`${styles.rewrite ?? ''} ${styles.rewriteHead ?? ''}`} aria-hidden>
                  <span>{t('trunks.rewrite.prefix')}</span>
                  <span>{t('trunks.rewrite.strip')}</span>
                  <span>{t('trunks.rewrite.prepend')}</span>
                  <span style={{ width: 28 }} />
                </div>
              )}
              {outgoing.rewrites.map((rewrite, index) => (
                <div key={index} className={styles.rewrite}>
                  <TextInput
                    aria-label={t('trunks.rewrite.prefix')}
                    placeholder="+7495"
                    value={rewrite.prefix}
                    error={errorOf(`outgoing.rewrites.${index}.prefix`)}
                    onChange={(event) => changeRewrite(index, { prefix: event.currentTarget.value.trim() })}
                    data-testid={`rewrite-prefix-${index}`}
                  />
                  <NumberInput
                    aria-label={t('trunks.rewrite.strip')}
                    prefix="−"
                    hideControls
                    allowDecimal={false}
                    allowNegative={false}
                    max={15}
                    value={rewrite.strip}
                    onChange={(strip) =>
                      changeRewrite(index, { strip: typeof strip === 'number' ? strip : 0 })
                    }
                    data-testid={`rewrite-strip-${index}`}
                  />
                  <TextInput
                    aria-label={t('trunks.rewrite.prepend')}
                    placeholder={t('trunks.rewrite.nothing')}
                    leftSection="+"
                    value={rewrite.prepend}
                    error={errorOf(`outgoing.rewrites.${index}.prepend`)}
                    onChange={(event) => changeRewrite(index, { prepend: event.currentTarget.value.trim() })}
                    data-testid={`rewrite-prepend-${index}`}
                  />
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    mt={4}
                    aria-label={t('trunks.rewrite.remove')}
                    onClick={() => change({ rewrites: outgoing.rewrites.filter((_, at) => at !== index) })}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </div>
              ))}
              <Button
                variant="subtle"
                size="compact-sm"
                style={{ alignSelf: 'start' }}
                leftSection={<IconPlus size={14} />}
                onClick={() =>
                  change({ rewrites: [...outgoing.rewrites, { prefix: '', strip: 0, prepend: '' }] })
                }
                data-testid="rewrite-add"
              >
                {t('trunks.rewrite.add')}
              </Button>
            </Stack>
          </div>
          <div className={styles.example} role="status">
            <span>{t('trunks.example', { number: formatPhone(example) })}</span>
            <b className="num" data-testid="dial-example">
              {exampleOf(outgoing, example)}
            </b>
          </div>
        </>
      )}
    </Stack>
  )
}
