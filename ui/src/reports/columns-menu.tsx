import { ActionIcon, Button, Checkbox, Popover, ScrollArea, Stack, Tooltip } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { remember, remembered } from '../lib/storage.ts'
import { isMeasure, type MeasureName } from './measures.ts'

/** The columns of a report: those of the address, else those last chosen in this browser, else the usual ones. */
export function columnsOf(
  report: string,
  chosen: readonly MeasureName[],
  usual: readonly MeasureName[]
): readonly MeasureName[] {
  if (chosen.length > 0) return chosen
  const kept = (remembered(`reports.${report}.columns`) ?? '').split(',').filter(isMeasure)
  return kept.length > 0 ? kept : usual
}

interface Props {
  report: string
  /** All that this report has, in their order. */
  all: readonly MeasureName[]
  usual: readonly MeasureName[]
  columns: readonly MeasureName[]
  onChange: (columns: MeasureName[]) => void
}

/** Which figures the table shows. */
export function ColumnsMenu({ report, all, usual, columns, onChange }: Props) {
  const { t } = useTranslation()
  const choose = (next: readonly MeasureName[]): void => {
    const ordered = all.filter((name) => next.includes(name))
    if (ordered.length === 0) return
    remember(`reports.${report}.columns`, ordered.join(','))
    onChange(ordered)
  }
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t('reports.columns')}>
          <ActionIcon variant="default" size={32} aria-label={t('reports.columns')} data-testid="columns">
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ScrollArea.Autosize mah={360}>
          <Stack gap={1} pr="sm">
            {all.map((name) => (
              <Checkbox
                key={name}
                size="xs"
                py={4}
                label={t(`reports.measure.${name}`)}
                checked={columns.includes(name)}
                disabled={columns.length === 1 && columns.includes(name)}
                onChange={(event) =>
                  choose(
                    event.currentTarget.checked ? [...columns, name] : columns.filter((each) => each !== name)
                  )
                }
                data-testid={`column-${name}`}
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Button size="compact-xs" variant="subtle" mt={6} onClick={() => choose(usual)}>
          {t('reports.usualColumns')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
