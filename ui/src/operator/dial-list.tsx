import { Text } from '@mantine/core'
import { IconHistory, IconPhoneOutgoing, IconUser } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatPhone, isToday, timeOfDay } from '../lib/format.ts'
import { presenceTone } from '../shell/presence.tsx'
import shell from '../shell/shell.module.css'
import styles from './dial.module.css'
import type { Callee } from './use-dial.ts'

/** The id of an option, for whoever hears the screen instead of seeing it. */
export const optionId = (index: number): string => `callee-${index}`

function Picture({ callee }: { callee: Callee }) {
  if (callee.kind === 'colleague') {
    const { isReachable, presence } = callee.operator
    return <i className={shell.dot} data-tone={presenceTone[isReachable ? presence : 'offline']} />
  }
  if (callee.kind === 'typed') return <IconPhoneOutgoing size={16} />
  return callee.found.contactId === null ? <IconHistory size={16} /> : <IconUser size={16} />
}

/** What is written of somebody: who they are, and what tells them from others of that name. */
function useWords(callee: Callee): { title: string; aside: string | null; about: string | null } {
  const { t } = useTranslation()
  if (callee.kind === 'typed')
    return { title: t('own.dial.typed', { number: formatPhone(callee.to) }), aside: null, about: null }
  if (callee.kind === 'colleague') {
    const { name, presence, isReachable } = callee.operator
    const state = isReachable ? t(`presence.${presence}`) : t('presence.offline')
    return { title: name, aside: callee.to, about: `${t('own.dial.colleague')} · ${state}` }
  }
  const { name, company, phone, lastAt } = callee.found
  const last = lastAt && (isToday(lastAt) ? timeOfDay(lastAt) : dayOf(lastAt))
  const about = [name === null ? null : formatPhone(phone), company].filter(Boolean).join(' · ')
  return { title: name ?? formatPhone(phone), aside: last, about: about === '' ? null : about }
}

function Option({
  callee,
  index,
  isChosen,
  onCall
}: {
  callee: Callee
  index: number
  isChosen: boolean
  onCall: () => void
}) {
  const { title, aside, about } = useWords(callee)
  return (
    <li
      id={optionId(index)}
      role="option"
      aria-selected={isChosen}
      className={styles.callee}
      // The field keeps the focus: arrows go on from here.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onCall}
      data-testid="dial-found"
      data-kind={callee.kind}
    >
      <span className={styles.picture}>
        <Picture callee={callee} />
      </span>
      <Text fw={560} className="cut" component="span">
        {title}
      </Text>
      <Text c="dimmed" fz="sm" className="num" component="span">
        {aside}
      </Text>
      {about !== null && <span className={`cut num ${styles.sub}`}>{about}</span>}
    </li>
  )
}

interface Props {
  id: string
  label: string
  callees: readonly Callee[]
  chosen: number
  onCall: (callee: Callee) => void
}

/** Whom the dial pad offers; the one that Enter would call is marked. */
export function DialList({ id, label, callees, chosen, onCall }: Props) {
  return (
    <ul id={id} role="listbox" aria-label={label} className={styles.list}>
      {callees.map((callee, index) => (
        <Option
          key={callee.key}
          callee={callee}
          index={index}
          isChosen={index === chosen}
          onCall={() => onCall(callee)}
        />
      ))}
    </ul>
  )
}
