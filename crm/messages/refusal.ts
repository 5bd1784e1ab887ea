/** An expected refusal; the API answers with its code. */
export class MessageRefusal extends Error {
  override name = 'MessageRefusal'
  readonly code: 'not_found' | 'channel_gone' | 'client_blocked' | 'no_address'

  constructor(code: MessageRefusal['code']) {
    super(code)
    this.code = code
  }
}
