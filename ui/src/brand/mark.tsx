import { Group, Text } from '@mantine/core'

/** The mark: a line comes in, goes round as a ring, and ends at its source. */
export function Mark({ size = 24, isRinging = false }: { size?: number; isRinging?: boolean }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" strokeLinecap="round" aria-hidden="true">
      <path
        d="M2.2 27.2c5.2 0 6-1.3 6.8-4.7A10.8 10.8 0 1 1 17.7 28"
        stroke={isRinging ? 'var(--rt-ring)' : 'var(--rt-brand)'}
        strokeWidth="3"
      />
      <circle cx="19.3" cy="17.2" r="3.5" fill="var(--rt-ring)" />
    </svg>
  )
}

/** Mark and name. */
export function Brand({ size = 24 }: { size?: number }) {
  return (
    <Group gap={9} wrap="nowrap">
      <Mark size={size} />
      <Text
        component="span"
        className="brandName"
        fw={650}
        fz={size * 0.68}
        lh={1}
        style={{ letterSpacing: '-0.02em' }}
      >
        Ringtrace
      </Text>
    </Group>
  )
}
