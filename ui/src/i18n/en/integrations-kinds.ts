import { ringostat } from './integrations-ringostat.ts'
import { lptracker } from './integrations-lptracker.ts'
import { ga4 } from './integrations-ga4.ts'
import { googleAds } from './integrations-google-ads.ts'
import { megafon } from './integrations-megafon.ts'
import { clickUrl } from './integrations-click-url.ts'
import { onec } from './integrations-onec.ts'
import { metrica } from './integrations-metrica.ts'
import { yandexDirect } from './integrations-yandex-direct.ts'
import { calltouch } from './integrations-calltouch.ts'
import { amocrm } from './integrations-amocrm.ts'
import { bitrix24 } from './integrations-bitrix24.ts'
import { comagic } from './integrations-comagic.ts'
import { roistat } from './integrations-roistat.ts'

/** Texts of each kind of foreign system: a file and a line for each. */
export const linkKinds = {
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
