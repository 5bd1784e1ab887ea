/** What the process of the telephones' sound is told, and what it answers. */
export type MediaOrder =
  | { do: 'open'; host: string; ports: readonly number[] }
  /** The other end is known: sound begins, both ways. */
  | { do: 'talk'; host: string; port: number; remote: number }
  /** From now on, packets that are sent are counted; false: no longer, but those under way still are. */
  | { do: 'count'; isOn: boolean }
  | { do: 'report' }
  | { do: 'close' }

/** Of the packets that were sent while they were counted. */
export interface MediaReport {
  /** Telephones that sent. */
  streams: number
  sent: number
  /** Came at the other end, each counted once. */
  received: number
  /** Came twice. */
  repeated: number
  /** Streams of which something is missing. */
  broken: number
  /** Packets that came with other sound than was sent: something worked it over, and their loss is not seen. */
  changed: number
  /** Milliseconds: the spread of the way from one telephone to the other, as RFC 3550 smooths it, at each stream's end. */
  jitterMs: number[]
  /** Milliseconds from one telephone to the other: the median, and what one in a hundred exceeds. */
  delayMs: { p50: number; p99: number }
  /** How late this process itself sent: what one packet in a hundred exceeds. Above 10 ms it measures itself. */
  lateMs: number
  cpuMs: number
}
