import { Button, Group, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'

interface Props {
  title: string
  text: string
  addLabel: string
  onAdd: () => void
  /** Name of the collection in the API. */
  things: string
}

/** What stands above a list of settings: what it is, and the button that makes one more. */
export function SectionHead({ title, text, addLabel, onAdd, things }: Props) {
  return (
    <Group justify="space-between" align="flex-start" mb="md">
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed" maw={620}>
          {text}
        </Text>
      </div>
      <Button leftSection={<IconPlus size={16} />} onClick={onAdd} data-testid={`add-${things}`}>
        {addLabel}
      </Button>
    </Group>
  )
}
