/** Nothing is on the tape under this id, or no more: trying again does not help. */
export class UnknownCall extends Error {
  constructor(callId: string) {
    super(`No call ${callId}`)
    this.name = 'UnknownCall'
  }
}
