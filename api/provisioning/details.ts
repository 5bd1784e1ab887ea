import { encodeQR } from 'qr'
import type { Provisioning } from '../contract/operators.ts'
import type { Row } from '../rows.ts'

/** What a SIP phone needs to register. @param row of `devices` @param owner row of `users` */
export function provisioningOf(
  row: Row,
  owner: Row,
  { server, port }: { server: string; port: number }
): Provisioning {
  const [user, secret] = [String(row['sip_user']), String(row['sip_secret'])]
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
