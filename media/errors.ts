/** A media program could not do it; the message holds what it said. */
export class MediaError extends Error {
  override name = 'MediaError'
}

/** A text that cannot be said, and why: empty, too long, or nothing in it makes a sound. */
export class TextError extends Error {
  override name = 'TextError'
}

/** Why an upload was not taken; `reason` is stable, the message is a sentence for people. */
export class UploadError extends Error {
  override name = 'UploadError'
  readonly reason: 'format' | 'unreadable' | 'tooLong' | 'silent'
  constructor(reason: UploadError['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}
