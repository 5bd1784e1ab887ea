/** A HEPv3 datagram as Asterisk sends it. */
export function hepPacket(options: {
  payload: string
  source: string
  destination: string
  atMs?: number
  password?: string
  /** Chunks before the message. */
  more?: readonly Buffer[]
}): Buffer {
  const { payload, source, destination, atMs = Date.now(), password = 'secret', more = [] } = options
  const [from = '', fromPort = ''] = source.split(':')
  const [to = '', toPort = ''] = destination.split(':')
  const body = Buffer.concat([
    chunk(1, number(2, 1)),
    chunk(3, Buffer.from(from.split('.').map(Number))),
    chunk(4, Buffer.from(to.split('.').map(Number))),
    chunk(7, number(Number(fromPort), 2)),
    chunk(8, number(Number(toPort), 2)),
    chunk(9, number(Math.floor(atMs / 1000), 4)),
    chunk(10, number((atMs % 1000) * 1000, 4)),
    chunk(11, number(1, 1)),
    chunk(14, Buffer.from(password)),
    ...more,
    chunk(15, Buffer.from(payload))
  ])
  return Buffer.concat([Buffer.from('HEP3'), number(body.length + 6, 2), body])
}

export function chunk(type: number, data: Buffer, vendor = 0): Buffer {
  return Buffer.concat([number(vendor, 2), number(type, 2), number(data.length + 6, 2), data])
}

function number(value: number, bytes: 1 | 2 | 4): Buffer {
  const data = Buffer.alloc(bytes)
  data.writeUIntBE(value, 0, bytes)
  return data
}
