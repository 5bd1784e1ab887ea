import { Badge, Button, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HandOver } from '../../../api/contract/hand-over.ts'
import { api } from '../lib/api.ts'
import { fullTime } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { ConfirmButton } from './confirm-button.tsx'
import HandOverDialog, { Counts, useGiveBack } from './hand-over.tsx'
import { SectionHead } from './section-head.tsx'
import { TableSheet } from './table-sheet.tsx'

/** Everything that people who left have handed over, and the way back. */
export default function HandOversSection() {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const found = useQuery({
    queryKey: ['hand-overs'],
    queryFn: async () => (await api<{ items: HandOver[] }>('GET', '/api/hand-overs')).items
  })
  return (
    <section>
      <SectionHead
        title={t('setup.handOver')}
        text={t('handOver.about')}
        addLabel={t('handOver.add')}
        onAdd={() => setOpen(true)}
        things="hand-over"
      />
      <TableSheet
        query={found}
        empty={t('handOver.empty')}
        head={
          <>
            <Table.Th>{t('handOver.when')}</Table.Th>
            <Table.Th>{t('handOver.who')}</Table.Th>
            <Table.Th>{t('handOver.to')}</Table.Th>
            <Table.Th>{t('handOver.what')}</Table.Th>
            <Table.Th />
          </>
        }
        row={(item) => <Row key={item.id} item={item} />}
      />
      {isOpen && <HandOverDialog user={null} onClose={() => setOpen(false)} />}
    </section>
  )
}

function Row({ item }: { item: HandOver }) {
  const { t } = useTranslation()
  const giveBack = useGiveBack()
  return (
    <Table.Tr data-testid="hand-over-row">
      <Table.Td className="num" style={{ whiteSpace: 'nowrap' }}>
        {fullTime(item.createdAt)}
        {item.createdBy && (
          <Text c="dimmed" fz="xs">
            {item.createdBy.name}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {item.user.name}
        {item.hasBlocked && item.undoneAt === null && (
          <Text c="dimmed" fz="xs">
            {t('handOver.blocked')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{item.to.map(({ name }) => name).join(', ') || '–'}</Table.Td>
      <Table.Td>
        <Counts counts={item.counts} />
      </Table.Td>
      <Table.Td ta="right">
        {item.undoneAt === null ? (
          <ConfirmButton
            text={t('handOver.undoText', { name: item.user.name })}
            confirm={t('handOver.undo')}
            onConfirm={() => inBackground(giveBack(item))}
          >
            {(ask) => (
              <Button size="compact-sm" variant="subtle" onClick={ask} data-testid="hand-over-undo">
                {t('handOver.undo')}
              </Button>
            )}
          </ConfirmButton>
        ) : (
          <Badge color="gray" variant="light" tt="none">
            {t('handOver.undone')}
          </Badge>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
