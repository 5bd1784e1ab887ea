/** What sox is told an upload is; each has a decoder in the shipped root. */
export type AudioFormat = 'wav' | 'mp3' | 'vorbis' | 'opus' | 'flac' | 'aiff'

/** In words, for people who have another kind of file. */
export const acceptedFormats = 'wav, mp3, ogg (Vorbis), opus, flac or aiff'

/** What a file is by its first bytes. `refused` names a kind that is known but cannot be read here. */
export type Sniffed = { format: AudioFormat } | { refused: string }

/**
 * Tells a file by what is in it: neither its name nor the sender's word counts.
 * @param head the first bytes; 300 are enough
 */
export function sniff(head: Buffer): Sniffed {
  const at = (offset: number, text: string): boolean =>
    head.toString('latin1', offset, offset + text.length) === text
  if (head.length === 0) return { refused: 'an empty file' }
  if (at(0, 'RIFF') && at(8, 'WAVE')) return { format: 'wav' }
  if (at(0, 'fLaC')) return { format: 'flac' }
  if (at(0, 'FORM') && (at(8, 'AIFF') || at(8, 'AIFC'))) return { format: 'aiff' }
  if (at(0, 'OggS')) return sniffOgg(head)
  if (at(0, 'ID3')) return { format: 'mp3' }
  if (at(4, 'ftyp')) return { refused: 'an MP4 or M4A file (AAC)' }
  if (head.readUInt8(0) === 0xff && head.length > 1 && (head.readUInt8(1) & 0xe0) === 0xe0) {
    // The two layer bits: 01 is layer III, 00 is AAC in ADTS frames.
    const layer = (head.readUInt8(1) >> 1) & 0b11
    return layer === 0b01 ? { format: 'mp3' } : { refused: layer === 0 ? 'an AAC file' : 'an MPEG file' }
  }
  if (at(0, '#!AMR')) return { refused: 'an AMR file' }
  if (at(0, '\u001aE\u00df\u00a3')) return { refused: 'a WebM or Matroska file' }
  return { refused: 'no audio file that is known here' }
}

/** The first packet of an Ogg stream names its codec. */
function sniffOgg(head: Buffer): Sniffed {
  const start = head.subarray(0, 300).toString('latin1')
  if (start.includes('OpusHead')) return { format: 'opus' }
  if (start.includes('\u0001vorbis')) return { format: 'vorbis' }
  return { refused: 'an Ogg file with another codec than Vorbis or Opus' }
}
