import Docxtemplater from 'docxtemplater'
import PizZip from 'pizzip'
import { openDocument } from './archive.ts'
import { mostFaults, TemplateFault, type PlaceFault, type PlaceFaultCode } from './fault.ts'
import { linePlaceholders, placeholders, sampleValues, type DocumentValues } from './placeholders.ts'

const excerptLength = 60

/**
 * Looks through a template: the archive first, then each placeholder.
 * @returns the placeholders that it has, each once
 * @throws TemplateFault naming every wrong placeholder with its place
 */
export function checkTemplate(bytes: Buffer): string[] {
  const parts = openDocument(bytes)
  const tags: Tag[] = []
  compile(bytes, parts, tags)
  const faults = tags.flatMap((tag) => {
    const code = faultOf(tag, tags)
    return code === null ? [] : [placed(parts, code, tag.content, tag.file)]
  })
  if (faults.length > 0) throw new TemplateFault('placeholders', faults.slice(0, mostFaults))
  // What passes here is filled without a surprise later.
  fillTemplate(bytes, sampleValues('en'))
  return [...new Set(tags.map(({ content }) => content).filter((content) => !/^[#/^]/.test(content)))]
}

/** The document that a template becomes with these values. @throws TemplateFault */
export function fillTemplate(bytes: Buffer, values: DocumentValues): Buffer {
  const parts = openDocument(bytes)
  const made = compile(bytes, parts, [])
  made.render(values)
  return made.toBuffer({ compression: 'DEFLATE' })
}

interface Tag {
  content: string
  file: string
  /** It stands between the marks of the lines. */
  isInLines: boolean
}

interface Token {
  type: string
  position?: string
  value?: string
}

function compile(bytes: Buffer, parts: Map<string, string>, tags: Tag[]): Docxtemplater<PizZip> {
  // Values are text: nothing in them, and nothing in a template, is run or read as markup.
  const noting = {
    name: 'Noting',
    preparse(tokens: Token[], { filePath }: { filePath: string }): Token[] {
      tags.push(...tagsOf(tokens, filePath))
      return tokens
    }
  }
  try {
    return new Docxtemplater(new PizZip(bytes), {
      delimiters: { start: '{{', end: '}}' },
      paragraphLoop: true,
      linebreaks: true,
      errorLogging: false,
      stripInvalidXMLChars: true,
      syntax: { changeDelimiterPrefix: null },
      parser: (tag: string) => ({ get: (scope: unknown) => ownValue(scope, tag.trim()) }),
      nullGetter: () => '',
      modules: [noting]
    })
  } catch (error) {
    throw new TemplateFault('placeholders', faultsOf(error, parts), { cause: error })
  }
}

/** Only what was given, and nothing that every object has. */
const ownValue = (scope: unknown, name: string): unknown =>
  typeof scope === 'object' && scope !== null && Object.hasOwn(scope, name)
    ? (scope as Record<string, unknown>)[name]
    : undefined

function tagsOf(tokens: readonly Token[], file: string): Tag[] {
  const found: Tag[] = []
  let content: string | null = null
  let isInLines = false
  for (const { type, position, value } of tokens) {
    if (type === 'delimiter' && position === 'start') content = ''
    else if (type === 'delimiter' && content !== null) {
      const trimmed = content.trim()
      if (trimmed === '/lines') isInLines = false
      found.push({ content: trimmed, file, isInLines })
      if (trimmed === '#lines') isInLines = true
      content = null
    } else if (type === 'content' && content !== null) content += value ?? ''
  }
  return found
}

function faultOf({ content, isInLines }: Tag, tags: readonly Tag[]): PlaceFaultCode | null {
  if (Object.hasOwn(placeholders, content)) return null
  if (Object.hasOwn(linePlaceholders, content)) return isInLines ? null : 'only_in_lines'
  if (content === '#lines' && !isInLines && tags.some((tag) => tag.content === '/lines')) return null
  if (content === '/lines') return null
  return 'unknown_placeholder'
}

interface Told {
  properties?: { errors?: Told[]; id?: string; xtag?: string; file?: string; context?: string }
}

const codes: Readonly<Record<string, PlaceFaultCode>> = {
  unclosed_tag: 'unclosed_placeholder',
  unopened_tag: 'unopened_placeholder',
  unclosed_loop: 'unclosed_section',
  unopened_loop: 'unopened_section',
  closing_tag_does_not_match_opening_tag: 'unclosed_section'
}

/** What the library found, in words of ours. */
function faultsOf(error: unknown, parts: Map<string, string>): PlaceFault[] {
  const told = error as Told
  const all = told.properties?.errors ?? [told]
  return all.slice(0, mostFaults).map(({ properties = {} }) => {
    const { id = '', xtag = properties.context ?? '', file = 'word/document.xml' } = properties
    return placed(parts, codes[id] ?? 'bad_placeholder', xtag, file)
  })
}

/** Where it stands, as people count: the part of the document, the paragraph, and the words around it. */
function placed(parts: Map<string, string>, code: PlaceFaultCode, content: string, file: string): PlaceFault {
  const bare = content.replace(/[{}]/g, '').trim()
  const paragraphs = paragraphsOf(parts.get(file) ?? '')
  const at = paragraphs.findIndex((text) => text.includes('{{') && text.includes(bare))
  const index = at >= 0 ? at : paragraphs.findIndex((text) => bare !== '' && text.includes(bare))
  return {
    code,
    placeholder:
      code === 'unopened_placeholder'
        ? `${bare}}}`
        : code === 'unclosed_placeholder'
          ? `{{${bare}`
          : `{{${bare}}}`,
    part: /header/.test(file)
      ? 'header'
      : /footer/.test(file)
        ? 'footer'
        : /document\.xml$/.test(file)
          ? 'body'
          : 'other',
    paragraph: index + 1,
    excerpt: excerptOf(paragraphs[index] ?? '', bare)
  }
}

const paragraphsOf = (xml: string): string[] =>
  [...xml.matchAll(/<w:p[ >][\s\S]*?<\/w:p>/g)].map(([paragraph]) =>
    [...paragraph.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>/g)].map(([, text = '']) => plain(text)).join('')
  )

const plain = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')

function excerptOf(text: string, word: string): string {
  const at = Math.max(0, text.indexOf(word) - excerptLength / 2)
  const cut = text.slice(at, at + word.length + excerptLength)
  return `${at > 0 ? '…' : ''}${cut}${at + cut.length < text.length ? '…' : ''}`.slice(0, 300)
}
