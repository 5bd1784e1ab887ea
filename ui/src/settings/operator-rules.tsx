import { useTranslation } from 'react-i18next'
import type { OperatorSettings, PauseReason } from '../../../api/contract/operators.ts'
import { OrderButtons } from './order-buttons.tsx'
import { ResourceTable } from './resource-table.tsx'
import { SettingsForm } from './settings-form.tsx'
import { useCodeOrder } from './use-code-order.ts'

/** Wrap-up and auto-pause of the company, and why operators may be away. */
export function OperatorRulesSection() {
  const { t } = useTranslation()
  return (
    <>
      <SettingsForm<OperatorSettings>
        title={t('setup.operators.title')}
        text={t('setup.operators.text')}
        path="/api/operator-settings"
        method="PATCH"
        parts={[
          {
            title: t('setup.operators.around'),
            fields: [
              {
                name: 'wrapUpSeconds',
                label: t('setup.operators.wrapUp'),
                type: 'number',
                help: t('setup.operators.wrapUpHelp')
              },
              {
                name: 'autoPauseAfter',
                label: t('setup.operators.autoPause'),
                type: 'number',
                help: t('setup.operators.autoPauseHelp')
              },
              {
                name: 'requireWrapUpCode',
                label: t('shift.codes.require'),
                type: 'switch',
                help: t('shift.codes.requireHelp')
              }
            ]
          }
        ]}
        toForm={({ wrapUpSeconds, autoPauseAfter, requireWrapUpCode }) => ({
          wrapUpSeconds,
          autoPauseAfter,
          requireWrapUpCode
        })}
        toBody={(values) => values}
      />
      <div style={{ height: 28 }} />
      <NamedCodes
        things="pause-reasons"
        title={t('setup.pauses.title')}
        text={t('setup.pauses.text')}
        addLabel={t('setup.pauses.add')}
      />
      <div style={{ height: 28 }} />
      <NamedCodes
        things="wrap-up-codes"
        title={t('shift.codes.settingsTitle')}
        text={t('shift.codes.settingsText')}
        addLabel={t('shift.codes.add')}
      />
    </>
  )
}

/** A list of codes with their names in two languages: pause reasons and wrap-up codes are kept alike. */
function NamedCodes(list: { things: string; title: string; text: string; addLabel: string }) {
  const { t } = useTranslation()
  const wayOf = useCodeOrder(list.things)
  return (
    <ResourceTable<PauseReason>
      {...list}
      actions={({ id, nameEn }) => <OrderButtons name={nameEn} {...wayOf(id)} testId={list.things} />}
      nameOf={(reason) => reason.nameEn}
      columns={[
        { header: t('setup.pauses.ru'), cell: (reason) => reason.nameRu },
        { header: t('setup.pauses.en'), cell: (reason) => reason.nameEn },
        { header: t('setup.code'), cell: (reason) => <code>{reason.code}</code> },
        {
          header: t('settings.state'),
          cell: (reason) => t(reason.isActive ? 'settings.active' : 'settings.inactive')
        }
      ]}
      fields={(reason) => [
        { name: 'nameRu', label: t('setup.pauses.ru'), type: 'text', isRequired: true },
        { name: 'nameEn', label: t('setup.pauses.en'), type: 'text', isRequired: true },
        ...(reason
          ? []
          : [
              {
                name: 'code',
                label: t('setup.code'),
                type: 'text',
                isRequired: true,
                help: t('setup.codeHelp')
              } as const
            ]),
        { name: 'isActive', label: t('settings.active'), type: 'switch' }
      ]}
      toForm={(reason) => ({
        nameRu: reason?.nameRu ?? '',
        nameEn: reason?.nameEn ?? '',
        code: reason?.code ?? '',
        isActive: reason?.isActive ?? true
      })}
      toBody={({ code, ...rest }, isNew) => ({ ...rest, ...(isNew && { code }) })}
    />
  )
}
