import {
  PDFArray,
  PDFDict,
  PDFHexString,
  PDFName,
  PDFNumber,
  PDFStream,
  PDFString,
  type PDFDocument
} from '@cantoo/pdf-lib'
import { TemplateFault } from './fault.ts'

/** What acts by itself, or when something is pressed. Links to pages and sites stay. */
const actions = new Set([
  ...['JavaScript', 'Launch', 'ImportData', 'SubmitForm', 'GoToR', 'GoToE', 'Thread'],
  ...['Rendition', 'Sound', 'Movie', 'RichMediaExecute', 'GoTo3DView']
])
const scriptKeys = ['JS', 'JavaScript', 'XFA']
const fileKeys = ['EF', 'EmbeddedFiles', 'RichMediaContent']
const fileNotes = new Set(['FileAttachment', 'Sound', 'Movie', 'Screen', 'RichMedia', '3D'])
const plainLink = /^(?:https?:|mailto:|tel:)/i

/**
 * Looks at every object of a PDF, also at those that no page names: nothing in it may run, send, open or bring along
 * another file, or be fetched from elsewhere.
 * @throws TemplateFault
 */
export function mustBeHarmless({ context }: PDFDocument): void {
  for (const [, object] of context.enumerateIndirectObjects()) {
    const waiting: unknown[] = [object]
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (one instanceof PDFArray) waiting.push(...one.asArray())
      const dict = one instanceof PDFStream ? one.dict : one instanceof PDFDict ? one : null
      if (!dict) continue
      lookAt(dict)
      // Content that lies in a file of its own.
      if (one instanceof PDFStream && dict.has(PDFName.of('F'))) throw new TemplateFault('external')
      waiting.push(...dict.values())
    }
  }
}

function lookAt(dict: PDFDict): void {
  const has = (key: string): boolean => dict.has(PDFName.of(key))
  const named = (key: string): string => {
    const value = dict.lookup(PDFName.of(key))
    return value instanceof PDFName ? value.decodeText() : ''
  }
  if (scriptKeys.some(has) || actions.has(named('S'))) throw new TemplateFault('scripts')
  if (fileKeys.some(has) || fileNotes.has(named('Subtype'))) throw new TemplateFault('attachments')
  if (!has('URI')) return
  const link = dict.lookup(PDFName.of('URI'))
  if (link instanceof PDFString || link instanceof PDFHexString) {
    if (!plainLink.test(link.decodeText().trim())) throw new TemplateFault('external')
  } else if (!(link instanceof PDFDict) && !(link instanceof PDFNumber)) throw new TemplateFault('external')
}
