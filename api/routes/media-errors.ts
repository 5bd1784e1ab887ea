import { MediaError, TextError, UploadError } from '../../media/errors.ts'
import { ApiError, type ProblemCode } from '../problems.ts'

const codes = {
  format: 'audio_format',
  unreadable: 'audio_unreadable',
  tooLong: 'audio_too_long',
  silent: 'audio_silent'
} as const satisfies Record<UploadError['reason'], ProblemCode>

/** Runs work of the media part, and says its expected failures in words of the API. */
export async function heard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UploadError) {
      throw new ApiError(codes[error.reason], { detail: error.message, cause: error })
    }
    if (error instanceof TextError) {
      throw new ApiError('text_not_speakable', {
        detail: `It cannot be spoken: ${error.message}.`,
        cause: error
      })
    }
    if (error instanceof MediaError) throw new ApiError('speech_failed', { cause: error })
    throw error
  }
}
