/** What connectors need of the rest of the product; `main.ts` hands it over. */
export interface ConnectorPorts {
  /** The playable audio of a recording; null when there is none. */
  audio(recordingId: string): Promise<{ name: string; contentType: string; bytes: Buffer } | null>
  /** Numbers of ours. */
  lines(): Promise<{ e164: string; name: string }[]>
  /** A call for one of our users: their telephones ring first. */
  call(wanted: {
    phone: string
    userId: string
    line: string | null
  }): Promise<{ callId: string } | { refused: string }>
  orderCallback(wanted: {
    phone: string
    note: string | null
    line: string | null
  }): Promise<{ refused: string | null }>
}
