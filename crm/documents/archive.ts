import { inflateRawSync } from 'node:zlib'
import { TemplateFault } from './fault.ts'

const mebibyte = 1024 ** 2
/** As it is sent. */
export const mostTemplateBytes = 5 * mebibyte
const mostParts = 1000
/** What a part that is read as XML, and all parts together, may have unpacked: a small archive can hold a huge nothing. */
const mostXmlBytes = 3 * mebibyte
const mostBytes = 40 * mebibyte

/** What a program could be hidden in, or what is fetched from elsewhere when the document is opened. */
const programs =
  /(^|\/)(vba[^/]*|activeX\/.*|embeddings\/.*|macrosheets\/.*|attachedToolbars[^/]*)$|\.(bin|exe|dll|js|vbs|ole)$/i
const external = /<Relationship\b[^>]*\bTargetMode\s*=\s*["']External["'][^>]*>/gi
const harmless = /\/relationships\/hyperlink["']/i
const link = /\bTarget\s*=\s*["'](?:https?:|mailto:|tel:)/i

/**
 * Looks through a Word document before anything reads it: a ZIP archive of sane size, with plain names, a body, no
 * macros, no embedded programs, and nothing that is fetched from elsewhere. Every part is unpacked with a bound, so that
 * what follows can trust the sizes.
 * @returns its XML parts by name
 * @throws TemplateFault
 */
export function openDocument(bytes: Buffer): Map<string, string> {
  if (bytes.length > mostTemplateBytes) throw new TemplateFault('too_large')
  if (bytes.subarray(0, 4).toString('latin1') !== 'PK\u0003\u0004') throw new TemplateFault('not_a_document')
  const xml = new Map<string, string>()
  let total = 0
  const seen = new Set<string>()
  for (const part of partsOf(bytes)) {
    const { name } = part
    const isPlain = !/\\|^\/|^[a-z]:|(^|\/)\.\.?(\/|$)|\p{Cc}/iu.test(name)
    if (!isPlain || seen.has(name)) throw new TemplateFault('damaged')
    seen.add(name)
    if (programs.test(name)) throw new TemplateFault('macros')
    const isXml = /\.(xml|rels)$/i.test(name)
    const content = unpacked(bytes, part, isXml ? mostXmlBytes : mostBytes)
    total += content.length
    if (total > mostBytes) throw new TemplateFault('too_large')
    if (isXml) xml.set(name, textOf(content))
  }
  if (!xml.has('word/document.xml')) throw new TemplateFault('not_a_document')
  for (const [name, text] of xml) {
    if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new TemplateFault('damaged')
    if (name.endsWith('[Content_Types].xml') && /macroEnabled|vbaProject/i.test(text))
      throw new TemplateFault('macros')
    if (!name.endsWith('.rels')) continue
    for (const [found] of text.matchAll(external))
      if (!harmless.test(found) || !link.test(found)) throw new TemplateFault('external')
  }
  return xml
}

interface Part {
  name: string
  method: number
  packed: number
  unpacked: number
  offset: number
}

/** The list at the end of a ZIP archive (APPNOTE 4.3.12). */
function partsOf(bytes: Buffer): Part[] {
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  if (end < 0 || end + 22 > bytes.length) throw new TemplateFault('damaged')
  const count = bytes.readUInt16LE(end + 10)
  if (count > mostParts) throw new TemplateFault('too_large')
  const parts: Part[] = []
  let at = bytes.readUInt32LE(end + 16)
  for (let left = count; left > 0; left -= 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new TemplateFault('damaged')
    const nameLength = bytes.readUInt16LE(at + 28)
    // Encrypted parts cannot be read.
    if ((bytes.readUInt16LE(at + 8) & 1) === 1) throw new TemplateFault('damaged')
    parts.push({
      name: bytes.subarray(at + 46, at + 46 + nameLength).toString('utf8'),
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42)
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return parts
}

function unpacked(bytes: Buffer, part: Part, most: number): Buffer {
  const { method, packed, offset } = part
  if (part.unpacked > most) throw new TemplateFault('too_large')
  if (offset + 30 > bytes.length) throw new TemplateFault('damaged')
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
  const content = bytes.subarray(start, start + packed)
  if (method !== 0 && method !== 8) throw new TemplateFault('damaged')
  if (method === 0) return content
  try {
    // What says less of itself than it holds is cut off here.
    return content.length === 0 ? content : inflateRawSync(content, { maxOutputLength: part.unpacked + 1 })
  } catch (error) {
    throw new TemplateFault('damaged', [], { cause: error })
  }
}

const textOf = (content: Buffer): string =>
  content[0] === 0xff && content[1] === 0xfe ? content.toString('utf16le') : content.toString('utf8')
