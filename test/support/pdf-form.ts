import { PDFDocument, type PDFForm, type PDFPage } from '@cantoo/pdf-lib'

interface Options {
  /** Puts other things into it before it is written. */
  change?: (pdf: PDFDocument, form: PDFForm, page: PDFPage) => void
  /** The field of several lines. */
  multiline?: string
  /** Of its letters, 0 where whoever fills it decides; otherwise as fits now. */
  size?: number
  password?: string
}

/** A PDF of one page with a text field for each name, the first at the top. */
export async function pdfForm(names: readonly string[], options: Options = {}): Promise<Buffer> {
  const pdf = await PDFDocument.create()
  const page = pdf.addPage([595, 842])
  const form = pdf.getForm()
  names.forEach((name, index) => {
    const field = form.createTextField(name)
    if (name === options.multiline) field.enableMultiline()
    const height = name === options.multiline ? 60 : 20
    field.addToPage(page, { x: 60, y: 740 - index * 40, width: 240, height, borderWidth: 0 })
    if (options.size !== undefined) field.setFontSize(options.size)
  })
  options.change?.(pdf, form, page)
  if (options.password !== undefined) pdf.encrypt({ userPassword: options.password })
  // Else a field that leaves the size of its letters open is written with the one that the library found.
  return Buffer.from(await pdf.save({ updateFieldAppearances: options.size !== 0 }))
}

/** What can be read on the pages of a PDF, a line for each text, and how large its letters are. */
pdfForm.read = async (bytes: Buffer): Promise<{ text: string; sizes: number[]; fields: number }> => {
  const pdf = await PDFDocument.load(bytes)
  const texts = pdf
    .getPages()
    .flatMap((page) => page.extractContents())
    .flatMap((part) => (part.kind === 'text' ? [part] : []))
  return {
    text: texts.map((part) => part.getText()).join('\n'),
    sizes: texts.map(({ fontSize }) => fontSize),
    fields: pdf.getForm().getFields().length
  }
}
