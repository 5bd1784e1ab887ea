/** Kinds of foreign systems. No zod here, so that the browser may take it. */
export const connectorKinds = [
  'bitrix24',
  'amocrm',
  'roistat',
  'comagic',
  'calltouch',
  'metrica',
  'ga4',
  'googleAds',
  'yandexDirect',
  'lptracker',
  'ringostat',
  'megafon',
  'onec',
  'clickUrl'
] as const
export type ConnectorKind = (typeof connectorKinds)[number]
