import '../styles/later.ts'
import { Modal, Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Every key that does something. */
export default function KeysSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const rows = [
    ['A', t('call.answer')],
    ['D', t('call.decline')],
    ['M', t('keys.mute')],
    ['H', t('keys.hold')],
    ['T', t('transfer.title')],
    ['K', t('call.keypad')],
    ['P', t('talk.park')],
    ['R', t('keys.record')],
    ['C S J X', t('keys.consult')],
    ['L W J', t('keys.watch')],
    ['E', t('call.hangup')],
    ['F', t('keys.wrapUp')],
    ['1 – 9', t('shift.codes.title')],
    ['1 – 7', t('keys.pages')],
    ['?', t('keys.title')],
    ['Esc', t('keys.close')]
  ] as const
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} size="sm">
      <Table data-testid="keys-sheet">
        <Table.Tbody>
          {rows.map(([key, text]) => (
            <Table.Tr key={key}>
              <Table.Td w={80}>
                <kbd>{key}</kbd>
              </Table.Td>
              <Table.Td>{text}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
