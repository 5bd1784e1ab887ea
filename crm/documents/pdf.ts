import fontkit from '@cantoo/fontkit'
import {
  EncryptedPDFError,
  layoutMultilineText,
  ParseSpeeds,
  PDFDocument,
  PDFTextField,
  type PDFField,
  type PDFFont
} from '@cantoo/pdf-lib'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { mostTemplateBytes } from './archive.ts'
import { mostFaults, TemplateFault, type PlaceFault, type PlaceFaultCode } from './fault.ts'
import { isPdf } from './kind.ts'
import { mustBeHarmless } from './pdf-harmless.ts'
import { linePlaceholders, placeholders, sampleValues, type DocumentValues } from './placeholders.ts'

const mostPages = 200
const mostFields = 2000
/** About as wide as the letters that forms are drawn for, and it has Cyrillic. */
const fontFile = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'
const fallbackLook = '/Helv 0 Tf 0 g'
/** Where a field of several lines leaves the size to us, one short line must not fill all of it. */
const mostLinesSize = 12
/** Room that a field keeps free at its edges. */
const edge = 4

/**
 * Looks through a PDF form: first that it is harmless, then each field. A field is named as a placeholder, with braces or
 * without; a field of a line has the number of the line behind it: `line.name.1`.
 * @returns the placeholders that it has, each once
 * @throws TemplateFault naming every wrong field with its page
 */
export async function checkPdf(bytes: Uint8Array): Promise<string[]> {
  const pdf = await openPdf(bytes)
  const fields = fieldsOf(pdf)
  if (fields.length === 0) throw new TemplateFault('no_fields')
  const pages = pagesOf(pdf)
  const faults = fields.flatMap((field): PlaceFault[] => {
    const code = faultOf(field)
    if (code === null) return []
    const widget = field.acroField.getWidgets()[0]
    return [
      {
        ...{ code, placeholder: field.getName(), part: 'page' },
        ...{ paragraph: (widget && pages.get(widget.dict)) ?? 0, excerpt: '' }
      }
    ]
  })
  if (faults.length > 0) throw new TemplateFault('placeholders', faults.slice(0, mostFaults))
  // What passes here is filled without a surprise later.
  await fillPdf(bytes, { ...sampleValues('en'), lines: [] })
  return [...new Set(fields.map((field) => bare(field.getName())))]
}

/**
 * The document that a PDF form becomes with these values: their text is part of the pages, and no field is left.
 * @throws TemplateFault also where a deal has more lines than the form
 */
export async function fillPdf(bytes: Uint8Array, values: DocumentValues): Promise<Buffer> {
  const pdf = await openPdf(bytes)
  try {
    pdf.registerFontkit(fontkit)
    const font = await pdf.embedFont(readFileSync(createRequire(import.meta.url).resolve(fontFile)), {
      subset: true
    })
    const form = pdf.getForm()
    const lines = Array.isArray(values['lines']) ? values['lines'] : []
    let room = 0
    for (const field of fieldsOf(pdf)) {
      if (!(field instanceof PDFTextField)) throw new TemplateFault('placeholders')
      const name = bare(field.getName())
      const line = lineField(name)
      const plain = Object.hasOwn(values, name) ? values[name] : ''
      const text = line ? lines[line.number - 1]?.[line.name] : plain
      if (line) room = Math.max(room, line.number)
      write(field, typeof text === 'string' ? text : '', font)
    }
    // Better no document than one that leaves goods out.
    if (room > 0 && lines.length > room) throw new TemplateFault('too_many_lines')
    form.flatten({ updateFieldAppearances: false })
    return Buffer.from(await pdf.save({ updateFieldAppearances: false }))
  } catch (error) {
    if (error instanceof TemplateFault) throw error
    throw new TemplateFault('damaged', [], { cause: error })
  }
}

async function openPdf(bytes: Uint8Array): Promise<PDFDocument> {
  if (bytes.length > mostTemplateBytes) throw new TemplateFault('too_large')
  if (!isPdf(bytes)) throw new TemplateFault('not_a_document')
  try {
    const pdf = await PDFDocument.load(bytes, {
      ...{ parseSpeed: ParseSpeeds.Fastest, updateMetadata: false, preserveXFA: true },
      // What cannot be read cannot be looked through, but would be written out again.
      throwOnInvalidObject: true
    })
    mustBeHarmless(pdf)
    if (pdf.getPageCount() > mostPages) throw new TemplateFault('too_large')
    return pdf
  } catch (error) {
    if (error instanceof TemplateFault) throw error
    // A password of its owner alone is tried and told of as another error.
    const isProtected = error instanceof EncryptedPDFError || Buffer.from(bytes).includes('/Encrypt')
    throw new TemplateFault(isProtected ? 'protected' : 'damaged', [], { cause: error })
  }
}

function fieldsOf(pdf: PDFDocument): PDFField[] {
  try {
    const fields = pdf.getForm().getFields()
    if (fields.length > mostFields) throw new TemplateFault('too_large')
    return fields
  } catch (error) {
    if (error instanceof TemplateFault) throw error
    throw new TemplateFault('damaged', [], { cause: error })
  }
}

/** Forms are often named by copying: with the braces of Word's placeholders. */
const bare = (name: string): string => name.replace(/^\s*\{\{|\}\}\s*$/g, '').trim()

function lineField(name: string): { name: string; number: number } | null {
  const [, field = '', number = ''] = /^(line\.[a-z]+)\.([1-9]\d{0,3})$/i.exec(name) ?? []
  return Object.hasOwn(linePlaceholders, field) ? { name: field, number: Number(number) } : null
}

function faultOf(field: PDFField): PlaceFaultCode | null {
  const name = bare(field.getName())
  if (Object.hasOwn(linePlaceholders, name)) return 'line_number_missing'
  if (!Object.hasOwn(placeholders, name) && lineField(name) === null) return 'unknown_placeholder'
  return field instanceof PDFTextField ? null : 'not_a_text_field'
}

/** On which page each mark of a field stands, counted from 1. */
function pagesOf(pdf: PDFDocument): Map<unknown, number> {
  const found = new Map<unknown, number>()
  for (const [index, page] of pdf.getPages().entries()) {
    const notes = page.node.Annots()
    for (let at = 0; at < (notes?.size() ?? 0); at += 1) found.set(notes?.lookup(at), index + 1)
  }
  return found
}

/** Puts text into a field. What does not fit in the size that the field asks for is written smaller, and never cut. */
function write(field: PDFTextField, value: string, font: PDFFont): void {
  const text = (field.isMultiline() ? value.replace(/\r\n?/g, '\n') : value.replace(/\s+/g, ' ')).replace(
    /(?!\n)\p{Cc}/gu,
    ' '
  )
  const most = field.getMaxLength()
  if (most !== undefined && text.length > most) {
    if (field.isCombed()) field.disableCombing()
    field.removeMaxLength()
  }
  field.disableRichFormatting()
  field.setText(text)
  const { acroField } = field
  const look = acroField.getDefaultAppearance() ?? fallbackLook
  acroField.setDefaultAppearance(look)
  const asked = Number(/([\d.]+)\s+Tf/.exec(look)?.[1] ?? 0)
  const wanted = asked === 0 && field.isMultiline() ? mostLinesSize : asked
  const size = wanted > 0 && fits(field, text, font, wanted) ? wanted : 0
  if (size !== asked) {
    // A mark of the field may ask for a size of its own.
    for (const widget of acroField.getWidgets())
      widget.setDefaultAppearance(
        (widget.getDefaultAppearance() ?? look).replace(/[\d.]+\s+Tf/, `${size} Tf`)
      )
    field.setFontSize(size)
  }
  field.updateAppearances(font)
}

function fits(field: PDFTextField, text: string, font: PDFFont, fontSize: number): boolean {
  return field.acroField.getWidgets().every((widget) => {
    const { width, height } = widget.getRectangle()
    if (!field.isMultiline()) return font.widthOfTextAtSize(text, fontSize) <= width - edge
    const bounds = { x: 0, y: 0, width: width - edge, height: height - edge }
    const { lines, lineHeight } = layoutMultilineText(text, {
      ...{ alignment: field.getAlignment(), fontSize, font, bounds }
    })
    return lines.length * lineHeight <= bounds.height
  })
}
