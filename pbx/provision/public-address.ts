import { networkInterfaces } from 'node:os'

/** Whoever is there reaches this machine as it is. */
const near = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8']

/** What each SIP transport says of the public address: Asterisk tells it to everybody who is not near. */
export function transportLines(address: string | null): string[] {
  if (address === null) return []
  return [
    `external_signaling_address = ${address}`,
    `external_media_address = ${address}`,
    ...near.map((net) => `local_net = ${net}`)
  ]
}

/** What browsers are offered beside the addresses of this machine. */
export function iceLines(address: string | null, locals: readonly string[] = localAddresses()): string[] {
  return address === null ? [] : locals.map((local) => `${local} => ${address},include_local_address`)
}

const line = /^(external_signaling_address|external_media_address|local_net) = |,include_local_address$/

/** A configuration without what is said in it of the public address: a living Asterisk takes that up. */
export const withoutAddress = (text: string): string =>
  text
    .split('\n')
    .filter((each) => each !== '' && !line.test(each))
    .join('\n')

/**
 * Makes a living Asterisk read the address anew. Talks go on with what they agreed on; new ones have the new address,
 * and carriers are told where we are now instead of at the end of the last registration.
 */
export async function readAddressAnew(cli: (command: string) => Promise<string>): Promise<void> {
  await cli('module reload res_rtp_asterisk.so')
  await cli('module reload res_pjsip.so')
  await cli('pjsip send register *all')
}

function localAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
}
