import {
  IconArrowRampRight,
  IconArrowsSplit2,
  IconCalendarTime,
  IconDialpad,
  IconMessage2,
  IconPhoneCalling,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPlayerRecord,
  IconQuestionMark,
  IconRecordMail,
  IconStar,
  IconTag,
  IconUsersGroup,
  IconVolume,
  IconWorldSearch
} from '@tabler/icons-react'

const icons: Readonly<Record<string, typeof IconVolume>> = {
  greeting: IconVolume,
  announce: IconMessage2,
  menu: IconDialpad,
  schedule: IconCalendarTime,
  condition: IconArrowsSplit2,
  ring: IconPhoneIncoming,
  queue: IconUsersGroup,
  external: IconPhoneOutgoing,
  lookup: IconWorldSearch,
  voicemail: IconRecordMail,
  callback: IconPhoneCalling,
  rating: IconStar,
  tag: IconTag,
  recording: IconPlayerRecord,
  goto: IconArrowRampRight,
  hangup: IconPhoneOff
}

/** What kinds of blocks are for: groups of the palette, each with its colour. */
export const groups = [
  { name: 'talk', types: ['greeting', 'announce', 'menu', 'rating'] },
  { name: 'decide', types: ['schedule', 'condition', 'lookup', 'goto'] },
  { name: 'people', types: ['ring', 'queue', 'external', 'callback', 'voicemail'] },
  { name: 'note', types: ['tag', 'recording', 'hangup'] }
] as const

export type GroupName = (typeof groups)[number]['name']

export function groupOf(type: string): GroupName {
  return groups.find(({ types }) => (types as readonly string[]).includes(type))?.name ?? 'note'
}

export function KindIcon({ type, size = 16 }: { type: string; size?: number }) {
  const Icon = icons[type] ?? IconQuestionMark
  return <Icon size={size} stroke={1.8} aria-hidden />
}
