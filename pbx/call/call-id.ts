/**
 * The call id of a caller's channel: a UUIDv7 (RFC 9562) made from nothing but Asterisk's unique id
 * (`[system-]seconds.counter`) and the node, so that a restarted controller, the import from Asterisk's own log and
 * a repeated event all arrive at the same call without asking anybody. Within a second the counter keeps the order.
 * `hash` gives 16 hex digits or more of a good hash; it is passed in because this folder has no I/O.
 */
export function callIdOf(uniqueId: string, node: string, hash: (text: string) => string): string {
  const [, seconds = '0', counter = '0'] = /(\d+)\.(\d+)$/.exec(uniqueId) ?? []
  const time = (Number(seconds) * 1000).toString(16).padStart(12, '0').slice(-12)
  const order = (Number(counter) % 4096).toString(16).padStart(3, '0')
  const random = hash(`${node}/${uniqueId}`)
  const variant = (8 + (parseInt(random.slice(0, 1), 16) % 4)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${variant}${random.slice(1, 4)}-${random.slice(4, 16)}`
}
