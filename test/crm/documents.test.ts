import { PDFHexString, PDFName, type PDFDocument } from '@cantoo/pdf-lib'
import { expect } from 'chai'
import PizZip from 'pizzip'
import { roublesInWords } from '../../crm/documents/amount-words.ts'
import { TemplateFault, type PlaceFault } from '../../crm/documents/fault.ts'
import { documentFiller } from '../../crm/documents/filler.ts'
import { checkTemplate, fillTemplate } from '../../crm/documents/fill.ts'
import { checkPdf, fillPdf } from '../../crm/documents/pdf.ts'
import { sampleValues } from '../../crm/documents/placeholders.ts'
import { docx } from '../support/docx.ts'
import { pdfForm } from '../support/pdf-form.ts'

function faultOf(bytes: Buffer): TemplateFault {
  try {
    checkTemplate(bytes)
  } catch (error) {
    if (error instanceof TemplateFault) return error
    throw error
  }
  throw new Error('It was taken')
}
const placesOf = (...paragraphs: string[]): readonly PlaceFault[] => faultOf(docx(paragraphs)).places

/** The entry's sizes in the list at the end, as a liar writes them. */
function lying(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf('PK\u0001\u0002'); at >= 0; at = copy.indexOf('PK\u0001\u0002', at + 4))
    if (copy.subarray(at + 46, at + 63).toString() === 'word/document.xml') copy.writeUInt32LE(size, at + 24)
  return copy
}

describe('a template of documents', () => {
  it('is filled, lines repeated, values taken as text', () => {
    const bytes = docx([
      '{{ client.name }}',
      '{{#lines}}',
      '{{line.number}}. {{line.name}}',
      '{{/lines}}',
      '{{deal.note}}'
    ])
    expect(checkTemplate(bytes)).to.deep.equal(['client.name', 'line.number', 'line.name', 'deal.note'])
    const made = fillTemplate(bytes, {
      ...sampleValues('en'),
      ...{ 'client.name': '<w:p/>{{deal.title}} & Co', 'deal.note': '' },
      lines: [
        { 'line.number': '1', 'line.name': 'Окно' },
        { 'line.number': '2', 'line.name': 'Дверь' }
      ]
    })
    const text = docx.textOf(made)
    expect(text)
      .to.include('&lt;w:p/&gt;{{deal.title}} &amp; Co')
      .and.include('1. Окно')
      .and.include('2. Дверь')
  })

  it('is refused for each wrong placeholder, with its name and place', () => {
    expect(placesOf('Договор', 'Сумма {{deal.amonut}} руб.')).to.deep.equal([
      {
        ...{ code: 'unknown_placeholder', placeholder: '{{deal.amonut}}', part: 'body', paragraph: 2 },
        excerpt: 'Сумма {{deal.amonut}} руб.'
      }
    ])
    expect(placesOf('x', 'y {{deal.title')[0]).to.include({ code: 'unclosed_placeholder', paragraph: 2 })
    expect(placesOf('x deal.title}}')[0]).to.include({ code: 'unopened_placeholder', paragraph: 1 })
    expect(placesOf('{{#lines}}', '{{line.name}}')[0]).to.include({ code: 'unclosed_section' })
    expect(placesOf('{{line.name}}')[0]).to.include({ code: 'only_in_lines' })
  })

  it('can neither run nor bring in anything', () => {
    // Raw markup, other marks, other loops, what every object has.
    for (const content of [
      '@deal.note',
      '=[[ ]]=',
      '#deal',
      'constructor',
      '__proto__',
      'deal.title | upper',
      '.'
    ])
      expect(placesOf(`{{${content}}}`).length, content).to.be.greaterThan(0)
  })

  it('is a Word document, whole, small and harmless', () => {
    const code = (bytes: Buffer): string => faultOf(bytes).code
    const rels = (target: string, type = 'image'): Record<string, string> => ({
      'word/_rels/document.xml.rels': `<Relationships><Relationship Id="r1" Type="http://x/relationships/${type}" Target="${target}" TargetMode="External"/></Relationships>`
    })
    expect(code(Buffer.from('%PDF-1.7'))).to.equal('not_a_document')
    expect(code(new PizZip().file('a.txt', 'x').generate({ type: 'nodebuffer' }))).to.equal('not_a_document')
    expect(code(docx(['x']).subarray(0, 300))).to.equal('damaged')
    expect(code(docx(['x'], { 'word/vbaProject.bin': 'x' }))).to.equal('macros')
    expect(code(docx(['x'], { 'word/embeddings/oleObject1.bin': 'x' }))).to.equal('macros')
    expect(code(docx(['x'], rels('http://elsewhere.example/x.png')))).to.equal('external')
    expect(code(docx(['x'], rels('http://elsewhere.example/x.dotm', 'attachedTemplate')))).to.equal(
      'external'
    )
    expect(code(docx(['x'], rels('file:///etc/passwd', 'hyperlink')))).to.equal('external')
    expect(checkTemplate(docx(['x'], rels('https://example.com', 'hyperlink')))).to.deep.equal([])
    expect(code(docx(['x'], { '../evil.xml': 'x' }))).to.equal('damaged')
    expect(code(docx(['x'], { 'word/a.xml': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' }))).to.equal(
      'damaged'
    )
    expect(code(docx(['x'], { 'word/huge.xml': '0'.repeat(4 * 1024 ** 2) }))).to.equal('too_large')
    expect(code(lying(docx(['x'.repeat(100_000)]), 1000)), 'more than it says').to.equal('damaged')
  })
})

/** Why this was not done. */
async function pdfFault(work: Promise<unknown>): Promise<TemplateFault> {
  try {
    await work
  } catch (error) {
    if (error instanceof TemplateFault) return error
    throw error
  }
  throw new Error('It was taken')
}

describe('a PDF form as a template', () => {
  const lines = [
    { 'line.name': 'Окно', 'line.sum': '98 800,00' },
    { 'line.name': 'Дверь', 'line.sum': '5,00' }
  ]

  it('is filled with Cyrillic that can be read, and keeps no field', async () => {
    const names = ['client.name', '{{deal.note}}', 'line.name.1', 'line.sum.1', 'line.name.2', 'line.name.3']
    const bytes = await pdfForm(names, { multiline: '{{deal.note}}' })
    expect(await checkPdf(bytes)).to.have.members(names.map((name) => name.replace(/[{}]/g, '')))
    const note = 'Замер {{deal.title}}\nво вторник'
    const made = await fillPdf(bytes, { ...sampleValues('ru'), 'deal.note': note, lines })
    const { text, fields } = await pdfForm.read(made)
    expect(fields).to.equal(0)
    expect(text).to.include('Анна Петрова').and.include('Замер {{deal.title}}').and.include('во вторник')
    expect(text.split('\n')).to.include.members(['Окно', '98 800,00', 'Дверь'])
    expect(made.length, 'only the letters in use come along').to.be.lessThan(60_000)
  })

  it('writes smaller what does not fit, and is not filled where lines would be left out', async () => {
    const bytes = await pdfForm(['deal.note', 'line.name.1'], { size: 12 })
    const of = async (note: string): Promise<number> => {
      const made = await fillPdf(bytes, { ...sampleValues('ru'), 'deal.note': note, lines: [] })
      const { text, sizes } = await pdfForm.read(made)
      expect(text).to.include(note)
      return sizes[0] ?? 0
    }
    expect(await of('Замер')).to.equal(12)
    expect(await of('Замер во вторник после обеда, дом во дворе')).to.be.within(4, 11)
    const free = await pdfForm(['deal.note'], { multiline: 'deal.note', size: 0 })
    const sizeIn = async (note: string): Promise<number> => {
      const made = await fillPdf(free, { ...sampleValues('ru'), 'deal.note': note, lines: [] })
      return (await pdfForm.read(made)).sizes[0] ?? 0
    }
    expect(await sizeIn('Замер'), 'a field of lines that leaves the size to us').to.equal(12)
    expect(await sizeIn('Замер во вторник после обеда, дом во дворе. '.repeat(6))).to.be.within(4, 11)
    const many = await pdfFault(fillPdf(bytes, { ...sampleValues('ru'), lines }))
    expect(many.code).to.equal('too_many_lines')
  })

  it('is refused for each wrong field, with its name and page', async () => {
    const bytes = await pdfForm(['client.nmae', 'line.sum', 'constructor', 'line.name.0'], {
      change: (pdf, form) =>
        form.createCheckBox('deal.title').addToPage(pdf.addPage(), { x: 9, y: 9, width: 9, height: 9 })
    })
    const { code, places } = await pdfFault(checkPdf(bytes))
    expect(code).to.equal('placeholders')
    expect(places.map((place) => [place.placeholder, place.code, place.paragraph])).to.have.deep.members([
      ['client.nmae', 'unknown_placeholder', 1],
      ['line.sum', 'line_number_missing', 1],
      ['constructor', 'unknown_placeholder', 1],
      ['line.name.0', 'unknown_placeholder', 1],
      ['deal.title', 'not_a_text_field', 2]
    ])
  })

  it('is whole, open, small and harmless', async () => {
    const code = async (bytes: Buffer): Promise<string> => (await pdfFault(checkPdf(bytes))).code
    const holding = (change: (pdf: PDFDocument) => void): Promise<Buffer> => pdfForm(['today'], { change })
    /** A thing of the PDF that nothing else names. */
    const loose = (thing: Record<string, string | PDFHexString>): Promise<Buffer> =>
      holding(({ context }) => void context.register(context.obj(thing)))
    const action = (kind: string): Promise<Buffer> =>
      holding((pdf) => pdf.catalog.set(PDFName.of('OpenAction'), pdf.context.obj({ S: kind })))
    const uri = (text: string): Promise<Buffer> => loose({ S: 'URI', URI: PDFHexString.fromText(text) })
    expect(await code(await pdfForm(['today'], { password: 'x' }))).to.equal('protected')
    expect(await code(await pdfForm([]))).to.equal('no_fields')
    expect(await code(Buffer.from('%PDF-1.7 and nothing more'))).to.equal('damaged')
    expect(await code(docx(['x']))).to.equal('not_a_document')
    const huge = Buffer.alloc(5 * 1024 ** 2 + 1)
    expect(await code(huge.fill('%PDF-1.7', 0, 8))).to.equal('too_large')
    expect(await code(await holding((pdf) => pdf.addJavaScript('a', 'app.alert(1)')))).to.equal('scripts')
    for (const kind of ['Launch', 'SubmitForm', 'GoToR', 'ImportData', 'JavaScript'])
      expect(await code(await action(kind)), kind).to.equal('scripts')
    expect(await code(await loose({ XFA: 'x' }))).to.equal('scripts')
    expect(await code(await loose({ Subtype: 'FileAttachment' }))).to.equal('attachments')
    expect(await code(await loose({ EF: 'x' }))).to.equal('attachments')
    expect(await code(await uri('file:///etc/passwd'))).to.equal('external')
    expect(await checkPdf(await uri('https://example.com'))).to.deep.equal(['today'])
  })
})

describe('the filling of documents', function () {
  // A thread has all libraries to read first.
  this.timeout(60_000)

  it('does not hold up anything else, does one after the other, and refuses a crowd', async () => {
    const filler = documentFiller({ most: 1, mostWaiting: 1 })
    const large = docx(Array.from({ length: 3000 }, () => 'Клиент {{client.name}}'))
    const first = filler.check(large)
    const second = filler.fill(docx(['{{client.name}}']), sampleValues('ru'))
    expect((await pdfFault(filler.check(large))).code).to.equal('busy')
    expect(await first).to.deep.equal(['client.name'])
    expect(docx.textOf(await second)).to.include('Анна Петрова')
    expect((await pdfFault(filler.check(docx(['{{a}}'])))).places[0]).to.include({ placeholder: '{{a}}' })
  })

  it('ends what takes too long, and goes on with the next', async () => {
    const filler = documentFiller({ most: 1, longestMs: 1 })
    const [one, two] = [filler.check(docx(['x'])), filler.check(docx(['x']))].map(pdfFault)
    expect((await one)?.code).to.equal('too_slow')
    expect((await two)?.code).to.equal('too_slow')
  })
})

describe('a sum in Russian words', () => {
  it('agrees with its numerals', () => {
    expect(roublesInWords(0)).to.equal('ноль рублей 00 копеек')
    expect(roublesInWords(1.01)).to.equal('один рубль 01 копейка')
    expect(roublesInWords(22_012.5)).to.equal('двадцать две тысячи двенадцать рублей 50 копеек')
    expect(roublesInWords(1_001_001.22)).to.equal('один миллион одна тысяча один рубль 22 копейки')
    expect(roublesInWords(111_000)).to.equal('сто одиннадцать тысяч рублей 00 копеек')
    expect(roublesInWords(5_000_000_000)).to.equal('пять миллиардов рублей 00 копеек')
  })
})
