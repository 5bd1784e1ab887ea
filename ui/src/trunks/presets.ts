import type { TrunkFields } from './form-values.ts'

/**
 * Starting values for a carrier's trunk. Only what we are sure of stands here: what differs from contract to contract
 * is left empty, and a hint says where it is found.
 */
export interface Preset {
  /** Kept with the trunk; `trunks.preset.<name>` is its name where it is a word, not a brand. */
  name: string
  /** A brand is written the same in every language. */
  brand: string | null
  group: 'ru' | 'world' | 'any'
  values: Partial<TrunkFields>
  /** Key of a hint in `trunks.presetHint`. */
  hint: 'cabinet' | 'mango' | 'multifon' | 'mtt' | 'twilio' | 'telnyx' | 'registration' | 'address'
}

const registers: Partial<TrunkFields> = { kind: 'registration', numberHeaders: ['ruri', 'to'] }
const inRussia: Partial<TrunkFields> = { ...registers, country: 'RU' }

export const presets: readonly Preset[] = [
  { name: 'registration', brand: null, group: 'any', values: registers, hint: 'registration' },
  {
    name: 'address',
    brand: null,
    group: 'any',
    values: { kind: 'address', numberHeaders: ['ruri'] },
    hint: 'address'
  },
  { name: 'mtt', brand: 'МТТ', group: 'ru', values: { ...inRussia, host: 'login.mtt.ru' }, hint: 'mtt' },
  { name: 'mango', brand: 'Mango Office', group: 'ru', values: inRussia, hint: 'mango' },
  {
    name: 'novofon',
    brand: 'Novofon',
    group: 'ru',
    values: { ...inRussia, host: 'sip.novofon.ru' },
    hint: 'cabinet'
  },
  { name: 'uis', brand: 'UIS', group: 'ru', values: inRussia, hint: 'cabinet' },
  {
    name: 'multifon',
    brand: 'МегаФон (МультиФон)',
    group: 'ru',
    values: { ...inRussia, host: 'sbc.multifon.ru', fromDomain: 'multifon.ru' },
    hint: 'multifon'
  },
  { name: 'beeline', brand: 'Билайн', group: 'ru', values: { country: 'RU' }, hint: 'cabinet' },
  { name: 'rostelecom', brand: 'Ростелеком', group: 'ru', values: { country: 'RU' }, hint: 'cabinet' },
  {
    name: 'zadarma',
    brand: 'Zadarma',
    group: 'world',
    values: { ...registers, host: 'sip.zadarma.com' },
    hint: 'cabinet'
  },
  {
    name: 'telnyx',
    brand: 'Telnyx',
    group: 'world',
    values: { ...registers, host: 'sip.telnyx.com', country: 'US' },
    hint: 'telnyx'
  },
  {
    name: 'twilio',
    brand: 'Twilio',
    group: 'world',
    // The host is the customer's own, the addresses are in Twilio's list.
    values: { kind: 'address', numberHeaders: ['ruri', 'to'], country: 'US' },
    hint: 'twilio'
  }
]

export const presetCalled = (name: string | null): Preset | undefined =>
  presets.find((one) => one.name === name)
