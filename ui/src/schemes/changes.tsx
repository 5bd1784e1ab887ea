import { List, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { diffSchemes } from '../../../ivr/diff.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { changeWord } from './words.ts'

const mostShown = 60

/** What lies between two schemes, in words; moves on the picture are only counted. */
export function Changes({ before, after, nothing }: { before: Scheme; after: Scheme; nothing: string }) {
  const { t } = useTranslation()
  const all = diffSchemes(before, after)
  const moved = all.filter(({ kind }) => kind === 'blockMoved').length
  const changes = all.filter(({ kind }) => kind !== 'blockMoved')
  if (all.length === 0) {
    return (
      <Text fz="sm" c="dimmed">
        {nothing}
      </Text>
    )
  }
  return (
    <List size="sm" spacing={4} data-testid="changes">
      {changes.slice(0, mostShown).map((change, index) => (
        <List.Item key={index}>{changeWord(change, before, after)}</List.Item>
      ))}
      {changes.length > mostShown && <List.Item>… +{changes.length - mostShown}</List.Item>}
      {moved > 0 && (
        <List.Item>
          <Text span fz="sm" c="dimmed">
            {t('schemes.publish.moved', { count: moved })}
          </Text>
        </List.Item>
      )}
    </List>
  )
}
