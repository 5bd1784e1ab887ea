import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { Party } from '../ari/party.ts'
import { loudness } from '../ari/tone.ts'
import { until } from '../support/until.ts'
import { hears, signIn, waitMs } from './browser.ts'
import {
  answer,
  clientHz,
  isLoud,
  microphoneHz,
  number,
  password,
  ready,
  rings,
  takesCalls,
  talks,
  type Office
} from './office.ts'

/** What is heard in the last half second. */
const lately = (client: Party) => client.audio().slice(-4000)

/** How loud a tone is in what the client hears. */
export const atClient = (client: Party, hertz: number): number => loudness(lately(client), hertz)

export const clientHears = (client: Party, hertz: number, what: string): Promise<unknown> =>
  until(() => atClient(client, hertz) > 0.1, { what })

export const hearsLoud = (at: Page, hertz: number, what: string): Promise<unknown> =>
  until(async () => isLoud(await hears(at, [hertz])), { what })

/** The client hears something, and the operator's voice is not in it. */
export const clientHearsMusic = (client: Party): Promise<unknown> => {
  const peak = (): number => lately(client).reduce((top, each) => Math.max(top, Math.abs(each)), 0) / 32_768
  return until(() => atClient(client, microphoneHz) < 0.01 && peak() > 0.01, {
    timeoutMs: waitMs,
    what: 'the client hears music instead of the operator'
  })
}

/** Sound goes both ways between an operator with the usual voice and a client. */
export async function bothHear(at: Page, client: Party, when: string): Promise<void> {
  await hearsLoud(at, clientHz, `the operator hears the client ${when}`)
  await clientHears(client, microphoneHz, `the client hears the operator ${when}`)
}

/** Signs an operator in, who takes calls from then on. */
export async function startsShift(at: Page, login: string): Promise<void> {
  await signIn(at, login, password)
  await ready(at)
  await takesCalls(at)
}

/** A client calls a number, and who sits at the page answers: no sound is waited for. */
export async function answers(office: Office, at: Page, from: string, to = number.vera): Promise<Party> {
  const client = await office.client(from)
  const calling = client.call(to)
  await rings(at)
  await answer(at)
  await talks(at)
  expect(await calling).to.equal(200)
  return client
}

/** The same, until both hear each other. */
export async function talk(office: Office, at: Page, from: string): Promise<Party> {
  const client = await answers(office, at, from)
  await bothHear(at, client, 'at first')
  return client
}
