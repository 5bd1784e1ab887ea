import { encodeQR } from 'qr'
import type { Provisioning } from '../contract/operators.ts'
import { unseal } from '../../db/sealed.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'

/** The password of a telephone. @throws ApiError secret_sealed @param row of `devices` */
export function sipSecretOf(row: Row): string {
  const secret = unseal(String(row['sip_secret']), 'devices.sip_secret')
  if (secret === null) throw new ApiError('secret_sealed')
  return secret
}

/** What a SIP phone needs to register. @param row of `devices` @param owner row of `users` */
export function provisioningOf(
  row: Row,
  owner: Row,
  { server, port }: { server: string; port: number }
): Provisioning {
  const [user, secret] = [String(row['sip_user']), sipSecretOf(row)]
  const transport = 'udp'
  const host = server.includes(':') ? `[${server}]` : server
  // RFC 3261 knows a password in a URI; softphones that scan a code read this or show it as text.
  const uri = `sip:${user}:${secret}@${host}:${port};transport=${transport}`
  return {
    deviceId: String(row['id']),
    deviceName: String(row['name']),
    displayName: String(owner['name']),
    extension: typeof owner['extension'] === 'string' ? owner['extension'] : null,
    ...{ server, port, transport, user, secret, uri },
    qrSvg: encodeQR(uri, 'svg', { ecc: 'medium', border: 4 })
  }
}
