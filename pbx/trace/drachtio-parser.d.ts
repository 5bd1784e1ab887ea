// The parser within drachtio-srf: no socket, no timer, no other module. The package describes only its main module.
declare module 'drachtio-srf/lib/sip-parser/parser.js' {
  export interface LazyMessage {
    method?: string
    uri?: string
    status?: number
    reason?: string
    /** Names in lower case but for `X-…` and `P-…`; a header that came several times is one text, joined by commas. */
    headers: Record<string, string | undefined>
    body?: string
  }
  export interface ParsedUri {
    scheme: string
    user?: string
    host?: string
    /** NaN without a port. */
    port?: number
    params: Record<string, string | null>
  }
  const parser: {
    /** Undefined when the text is no SIP message. */
    parseSipMessage(text: string, lazy: true): LazyMessage | undefined
    parseUri(text: string): ParsedUri | undefined
  }
  export default parser
}
