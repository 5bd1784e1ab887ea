import { Anchor, Text } from '@mantine/core'
import i18next from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../../../api/contract/access.ts'
import styles from './system.module.css'

interface Change {
  before?: unknown
  after?: unknown
  isHidden?: boolean
}

const shownAtFirst = 4
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/

/** Words for something whose name comes from the server; null where there are none. */
const word = (key: string): string | null =>
  i18next.exists(key) ? i18next.t(key, { defaultValue: key }) : null

/** `scheme check.create` → what it was done to and what was done, in words. */
export function deed(action: string): string {
  const plain = (text: string): string => text.replaceAll(/[ -]/g, '_')
  const whole = word(`system.audit.whole.${plain(action).replaceAll('.', '_')}`)
  if (whole !== null) return whole
  const [entity = '', verb = ''] = action.split('.')
  const of = word(`system.audit.entities.${plain(entity)}`)
  if (of === null) return action
  return `${of}: ${word(`system.audit.verbs.${plain(verb)}`) ?? verb}`
}

const fieldName = (name: string): string =>
  word(`system.audit.fields.${name}`) ?? name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)

/** A value as people read it; a long one is cut by the page. */
function valueText(value: unknown): string {
  const { t } = i18next
  if (value === null || value === undefined || value === '') return t('system.audit.empty')
  if (typeof value === 'boolean') return t(value ? 'system.audit.yes' : 'system.audit.no')
  if (typeof value === 'string') {
    const role = word(`role.${value}`)
    if (role !== null) return role
    return uuid.test(value) ? `#${value.slice(0, 8)}` : value
  }
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value))
    return value.length === 0 ? t('system.audit.empty') : value.map(valueText).join(', ')
  return Object.entries(value)
    .map(([name, inner]) => `${fieldName(name)} ${valueText(inner)}`)
    .join(', ')
}

/** What became of each field; what is no change is told as it is. */
export function Changes({ data }: { data: AuditEntry['data'] }) {
  const { t } = useTranslation()
  const [isWhole, setWhole] = useState(false)
  const changes = Object.entries((data['changes'] ?? {}) as Record<string, Change>)
  const rest = Object.entries(data).filter(
    ([name, value]) => !['changes', 'fields', 'name'].includes(name) && value !== null
  )
  const shown = isWhole ? changes : changes.slice(0, shownAtFirst)
  const more = changes.length - shown.length
  return (
    <>
      {rest.length > 0 && (
        <Text fz="xs" style={{ overflowWrap: 'anywhere' }}>
          {rest.map(([name, value]) => `${fieldName(name)}: ${valueText(value)}`).join(' · ')}
        </Text>
      )}
      {shown.length > 0 && (
        <div className={styles.changes}>
          {shown.map(([name, change]) => (
            <Text key={name} fz="xs" lineClamp={isWhole ? 20 : 2} style={{ overflowWrap: 'anywhere' }}>
              <Text span fz="xs" c="dimmed">
                {fieldName(name)}:
              </Text>{' '}
              <Values change={change} />
            </Text>
          ))}
        </div>
      )}
      {more > 0 && (
        <Anchor component="button" type="button" fz="xs" onClick={() => setWhole(true)}>
          {t('system.audit.moreFields', { count: more })}
        </Anchor>
      )}
    </>
  )
}

function Values({ change }: { change: Change }) {
  const { t } = useTranslation()
  if (change.isHidden) return <>{t('system.audit.hidden')}</>
  if (!('before' in change)) return <>{valueText(change.after)}</>
  if (!('after' in change)) return <del className={styles.was}>{valueText(change.before)}</del>
  return (
    <>
      <del className={styles.was}>{valueText(change.before)}</del> → {valueText(change.after)}
    </>
  )
}
