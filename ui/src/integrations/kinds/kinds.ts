import { ringostat } from './ringostat.ts'
import { lptracker } from './lptracker.ts'
import { ga4 } from './ga4.ts'
import { googleAds } from './google-ads.ts'
import { megafon } from './megafon.ts'
import { clickUrl } from './click-url.ts'
import { onec } from './onec.ts'
import { metrica } from './metrica.ts'
import { yandexDirect } from './yandex-direct.ts'
import { calltouch } from './calltouch.ts'
import { amocrm } from './amocrm.ts'
import type { ConnectorKind } from '../../../../api/contract/connector-words.ts'
import { bitrix24 } from './bitrix24.ts'
import { comagic } from './comagic.ts'
import { roistat } from './roistat.ts'
import type { KindForm } from './form.ts'

/** Every kind that can be linked: one line for each. */
export const kindForms: Readonly<Record<ConnectorKind, KindForm>> = {
  bitrix24,
  amocrm,
  roistat,
  comagic,
  calltouch,
  metrica,
  ga4,
  googleAds,
  yandexDirect,
  lptracker,
  ringostat,
  megafon,
  onec,
  clickUrl
}
